'use strict';

// What options may be, and how they are read.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const vm = require('node:vm');
const { key, keys, signer, streamtoken, thrown, video } = require('./support.js');

const { AccessRules, CustomerCode, SigningKey, StreamTokenError } = streamtoken;
const now = 1_537_456_765;
const token = signer.sign(video);

test('times and durations come in every form that says the same', () => {
  const expected = signer.sign(video, { now, exp: now + 5400 }).token;
  const same = [
    { now, exp: BigInt(now + 5400) },
    { now, exp: new Date((now + 5400) * 1000 + 999) },
    { now: new Date(now * 1000 + 1), exp: new Date((now + 5400) * 1000) },
    { now: BigInt(now), expiresIn: 5400 },
    { now, expiresIn: '90m' },
    { now, expires_in: '1h30m' },
    { now, expiresIn: 5400n, exp: undefined, nbf: null, timeFormat: null },
    Object.assign(Object.create(null), { now, expiresIn: '90m' }),
    vm.runInNewContext(`({ now: ${now}, exp: new Date(${(now + 5400) * 1000}) })`),
    new Proxy({ now, exp: now + 5400 }, {}),
  ];
  for (const options of same) assert.equal(signer.sign(video, options).token, expected);
  class Later extends Date {
    getTime() {
      return 0;
    }
  }
  assert.equal(signer.sign(video, { now, exp: new Later((now + 5400) * 1000) }).token, expected);
});

test('rules come as lists of any realm, proxies among them, or as AccessRules', () => {
  const list = [{ type: 'ip.geoip.country', action: 'allow', country: ['gb'] }];
  const expected = signer.sign(video, { now, accessRules: list }).token;
  const forms = [
    new AccessRules(list),
    new Proxy(list, {}),
    vm.runInNewContext(JSON.stringify(list).replace('[', '([').concat(')')),
    list.map((rule) => new Proxy(rule, {})),
  ];
  for (const accessRules of forms) assert.equal(signer.sign(video, { now, accessRules }).token, expected);
});

test('an exception of the caller passes through unchanged', async () => {
  const thrownBy = { mine: true };
  const fights = () => {
    throw thrownBy;
  };
  const values = [
    {
      get exp() {
        return fights();
      },
    },
    new Proxy({}, { ownKeys: fights }),
    new Proxy({}, { getPrototypeOf: fights }),
    new Proxy({ exp: 1 }, { get: fights }),
    { accessRules: [new Proxy({}, { ownKeys: fights })] },
    {
      flags: {
        deep: [
          {
            get it() {
              return fights();
            },
          },
        ],
      },
    },
  ];
  for (const value of values) {
    const forms = [
      () => signer.sign(video, value),
      () => signer.signAsync(video, value),
      () => signer.signMany([value]),
      () => signer.signMany([], value),
      () => streamtoken.verify(token, keys, value),
      () => new AccessRules([value]),
    ];
    for (const form of forms) assert.equal(await thrown(form), thrownBy);
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.ok((await thrown(() => signer.sign(video, proxy))) instanceof TypeError);
});

test('each member is read once, before any work', async () => {
  let reads = 0;
  const options = {
    now,
    get exp() {
      reads += 1;
      return reads === 1 ? now + 60 : now + 999_999;
    },
  };
  const pending = signer.signAsync(video, options);
  assert.equal(reads, 1);
  assert.equal((await pending).exp, now + 60);
  assert.equal(reads, 1);
  reads = 0;
  const [minted] = await signer.signMany([{ identifier: video }], options);
  assert.deepEqual([minted.exp, reads], [now + 60, 1]);
});

test('an object in the place of process.env is read as the real one would be', async () => {
  const real = process.env;
  const read = async (env, work) => {
    try {
      process.env = env;
      return await thrown(work).catch(() => undefined);
    } finally {
      process.env = real;
    }
  };
  const { fromEnv } = SigningKey;
  const CLOUDFLARE_STREAM_KEY = key.toJwk();
  for (const id of [undefined, null, '', key.id, new String(key.id)]) {
    assert.equal(await read({ CLOUDFLARE_STREAM_KEY, CLOUDFLARE_STREAM_KEY_ID: id }, fromEnv), undefined);
  }
  const other = await read({ CLOUDFLARE_STREAM_KEY, CLOUDFLARE_STREAM_KEY_ID: 7 }, fromEnv);
  assert.equal(other?.code, 'key_id_mismatch');
  const mine = new Error('mine');
  const fights = {
    get CLOUDFLARE_STREAM_CUSTOMER_CODE() {
      throw mine;
    },
  };
  assert.equal(await read(fights, CustomerCode.fromEnv), mine);
});

test('arguments of promises are refused by rejection', async () => {
  for (const form of [
    () => signer.signAsync(),
    () => signer.signMany(),
    () => signer.signMany('abc'),
    () => signer.signLinesAsync(7),
    () => streamtoken.verifyAsync(),
  ]) {
    const promise = form();
    assert.ok(promise instanceof Promise);
    assert.ok((await thrown(() => promise)) instanceof StreamTokenError);
  }
});
