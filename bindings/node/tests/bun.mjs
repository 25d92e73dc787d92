// The package in Bun, in a few checks; each says at once what is wrong.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import streamtoken from '../index.js';
import * as esm from '../index.mjs';
import format from './vectors/format.js';

const { example, judge } = format;
const { KeySet, SigningKey, Signer, StreamTokenError, Token } = esm;

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

console.log(`${passed} checks passed`);
