'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');
const { example, key, keys, root, runNode, streamtoken, video } = require('./support.js');

/** What a worker does first: it loads the package and the example key. */
const preamble = `
  const { parentPort, workerData } = require('node:worker_threads');
  const s = require(${JSON.stringify(root)});
  const key = s.SigningKey.load(${JSON.stringify(example.pem_base64)}, { id: '${example.key_id}' });
  const signer = new s.Signer(key);`;

/** The first message of a worker. */
function firstMessage(source, options) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(`${preamble}${source}`, { eval: true, ...options });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

test('workers mint, verify and refuse as the main thread does', async () => {
  const source = `
    (async () => {
      const token = await signer.signAsync('${video}');
      const { sub } = await s.verifyAsync(token, new s.KeySet(key));
      const [, refused] = await signer.signMany([{ identifier: '${video}' }, {}]);
      parentPort.postMessage([sub, \`\${token}\`, refused.code, refused instanceof s.InputError]);
    })();`;
  const answers = await Promise.all(Array.from({ length: 4 }, () => firstMessage(source)));
  for (const [sub, token, code, isOurs] of answers) {
    assert.equal(sub, video);
    assert.equal(streamtoken.verify(token, keys).sub, video);
    assert.deepEqual([code, isOurs], ['identifier_invalid', true]);
  }
});

test("a worker's environment is its own", async () => {
  const source = `
    parentPort.postMessage([s.SigningKey.fromEnv().id, \`\${s.CustomerCode.fromEnv()}\`]);`;
  const env = { CLOUDFLARE_STREAM_KEY: key.toJwk(), CLOUDFLARE_STREAM_CUSTOMER_CODE: ' F33ZS165NR7GYFY4 ' };
  assert.deepEqual(await firstMessage(source, { env }), [key.id, 'f33zs165nr7gyfy4']);
  const empty = `
    try { s.SigningKey.fromEnv() } catch ({ code }) { parentPort.postMessage([code, s.CustomerCode.fromEnv()]) }`;
  assert.deepEqual(await firstMessage(empty, { env: {} }), ['key_not_given', undefined]);
});

test('nothing of a key reaches another thread', async () => {
  const source = 'parentPort.postMessage(key)';
  assert.deepEqual(await firstMessage(source), {});
});

/** A process that ends workers in the middle of all kinds of work. */
const ender = `
  const { Worker } = require('node:worker_threads');
  const source = ${JSON.stringify(`${preamble}
    const items = Array.from({ length: 64 }, () => ({ identifier: 'v' }));
    const keys = new s.KeySet(key);
    const token = signer.sign('v');
    const again = async (work) => { for (;;) await work().catch(() => {}); };
    for (let lane = 0; lane < 6; lane += 1) again(() => signer.signAsync('v'));
    again(() => s.verifyAsync(token, keys));
    again(() => signer.signMany(items));
    again(() => signer.signLinesAsync(['{"identifier":"v"}']));
    again(() => signer.signMany(items, { signal: AbortSignal.timeout(3) }));
    if (workerData % 10 === 0) s.SigningKey.generateAsync();
    parentPort.postMessage('at work');
    again(async () => signer.sign('v'));`)};
  (async () => {
    let ended = 0;
    for (let round = 0; round < 100; round += 1) {
      const worker = new Worker(source, { eval: true, workerData: round });
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await new Promise((resolve) => setTimeout(resolve, round % 7));
      await worker.terminate();
      ended += 1;
    }
    const s = require(${JSON.stringify(root)});
    const key = await s.SigningKey.generateAsync();
    console.log(ended, (await new s.Signer(key).signAsync('v')).identifier);
  })();`;

test('ending a worker while it signs, a hundred times, never ends the process', () => {
  const { status, signal, stdout, stderr } = runNode(ender);
  assert.deepEqual([status, signal, stdout], [0, null, '100 v\n'], stderr);
});
