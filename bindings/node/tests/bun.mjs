// The package in Bun, in a few checks; each says at once what is wrong.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import streamtoken from '../index.js';
import * as esm from '../index.mjs';
import format from './vectors/format.js';

const { example, judge } = format;
const { Client, KeySet, SigningKey, Signer, StreamTokenError, Token } = esm;

let passed = 0;
async function check(work) {
  await work();
  passed += 1;
}

const key = SigningKey.load(example.pem_base64, { id: example.key_id });
const signer = new Signer(key);
const keys = new KeySet(key);
const video = 'ea95132c15732412d22c1476fa83f27a';

await check(() => assert.equal(streamtoken.Signer, Signer));
await check(() => {
  const published = { now: 1537456765, exp: 1537460365, nbf: 1537453165, timeFormat: 'string' };
  assert.equal(`${signer.sign(video, published)}`, example.token);
});
await check(async () => assert.equal(esm.verify(await signer.signAsync(video), keys).sub, video));
await check(async () => {
  const [token, refusal] = await signer.signMany([{ identifier: video }, { identifier: 'no video' }]);
  assert.ok(token instanceof Token);
  assert.equal(refusal.code, 'identifier_invalid');
});
await check(() => assert.ok(!inspect(key).includes('PRIVATE')));
await check(() => assert.throws(() => signer.sign(video, { tll: 1 }), StreamTokenError));
await check(async () => {
  const { operations, sync } = (await import('./vectors/operations.js')).default;
  for (const each of format.cases()) {
    let found;
    try {
      found = await operations[each.operation][1](sync, each);
    } catch (error) {
      if (!(error instanceof StreamTokenError)) throw error;
      found = { error };
    }
    judge(each, found);
  }
});

await check(async () => {
  const answers = [503, 200];
  const server = createServer((_, response) => {
    const status = answers.shift();
    if (status === undefined) return;
    const body = { success: status < 400, errors: [], messages: [], result: { token: example.token } };
    response.writeHead(status, { 'retry-after': '0' }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseURL = `http://127.0.0.1:${server.address().port}`;
  const options = { apiToken: 'an-API-token', accountId: 'an-account', baseURL, maxRetries: 1 };
  const { token, keys: signingKeys } = new Client(options).stream;
  assert.equal(`${await token.create(video)}`, example.token);
  const signal = AbortSignal.timeout(100);
  await assert.rejects(token.create(video, {}, { signal }), { name: 'APIUserAbortError', attempts: 1 });
  await assert.rejects(signingKeys.create({}, { timeout: 100 }), { code: 'api_timeout', attempts: 1 });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(signingKeys.create(), { code: 'api_connection', attempts: 2 });
});

console.log(`${passed} checks passed`);
