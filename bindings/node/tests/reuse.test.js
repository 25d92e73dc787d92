'use strict';

// Tokens of windows of reuse, which a signer keeps.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');
const { example, key, keys, root, signer, streamtoken, thrown, video } = require('./support.js');

const { KeySet, Signer, SigningKey, verify } = streamtoken;
const now = 1_537_456_765;
const options = { now, reuseWindow: 600 };

test('signers with different keys share nothing', async () => {
  const other = SigningKey.load(SigningKey.generate().toPkcs1Pem(), { id: key.id });
  const theirs = new Signer(other);
  const first = signer.sign(video, options);
  const second = theirs.sign(video, options);
  assert.notEqual(first.token, second.token);
  assert.equal(verify(second, new KeySet(other), { now }).kid, key.id);
  assert.equal((await thrown(() => verify(second, keys, { now }))).code, 'signature_invalid');
  assert.deepEqual(
    [signer.sign(video, options).token, theirs.sign(video, options).token],
    [first.token, second.token],
  );
});

/** Mints the token of the window again and again, and posts what differs. */
const minter = `
  const { parentPort } = require('node:worker_threads');
  const s = require(${JSON.stringify(root)});
  const key = s.SigningKey.load(${JSON.stringify(example.pem_base64)}, { id: '${example.key_id}' });
  const signer = new s.Signer(key);
  const mint = async () => {
    const found = new Set();
    for (let round = 0; round < 50; round += 1) found.add(signer.sign('${video}', ${JSON.stringify(options)}).token);
    for (let round = 0; round < 50; round += 1) {
      found.add((await signer.signAsync('${video}', ${JSON.stringify(options)})).token);
    }
    parentPort.postMessage([...found]);
  };
  mint();`;

test('workers mint the same bytes again and again', async () => {
  const found = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(minter, { eval: true });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  const workers = Array.from({ length: 4 }, found);
  // Threads of libuv's pool share one signer.
  const here = await Promise.all(Array.from({ length: 100 }, () => signer.signAsync(video, options)));
  const fresh = new Signer(key).sign(video, options).token;
  assert.deepEqual(new Set(here.map(({ token }) => token)), new Set([fresh]));
  for (const tokens of await Promise.all(workers)) assert.deepEqual(tokens, [fresh]);
});
