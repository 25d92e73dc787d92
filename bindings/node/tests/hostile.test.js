'use strict';

// Input that a lenient reader takes for something else, and objects that fight back.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { key, keys, refused, signer, streamtoken, thrown, video } = require('./support.js');

const { AccessRules, CustomerCode, KeySet, PublicKey, SigningKey, Signer, StreamTokenError } = streamtoken;
const now = 1_537_456_765;

function nested(levels) {
  let value = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

function cyclic() {
  const value = { a: [] };
  value.a.push(value);
  return value;
}

/** Twenty levels of ten times the same list: 10^20 values when written out. */
function exploding() {
  let value = ['x'];
  for (let level = 0; level < 20; level += 1) value = new Array(10).fill(value);
  return value;
}

function detached() {
  const bytes = new Uint8Array(64);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function holes() {
  const value = [];
  value[1] = 1;
  return value;
}

class Options {
  exp = now + 60;
}

/** Values that no argument and no option takes. */
const never = {
  function: () => 1,
  class: Options,
  symbol: Symbol('exp'),
  instance: new Options(),
  map: new Map([['exp', 1]]),
  set: new Set([1]),
  promise: Promise.resolve(video),
  regexp: /x/,
  'String object': new String(video),
  'Number object': new Number(5),
  'Boolean object': new Boolean(true),
  proxy: new Proxy(() => 1, {}),
  'inherited members': Object.create({ exp: now + 60 }),
  cyclic: cyclic(),
  exploding: exploding(),
  deep: nested(40),
  'very deep': nested(100_000),
  'huge array': new Array(2 ** 32 - 1),
  'lone surrogate': '\ud800',
  'lone surrogates': `${video}\udc00\ud800`,
};

/** Values that are wrong in most places. */
const odd = {
  ...never,
  undefined: undefined,
  null: null,
  true: true,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-1': -1,
  '-0': -0,
  1.5: 1.5,
  '2**64': 2 ** 64,
  '1e308': 1e308,
  BigInt: 2n ** 64n,
  'huge BigInt': -(2n ** 4096n),
  empty: '',
  NUL: '\0',
  list: [],
  object: {},
  'no prototype': Object.create(null),
  holes: holes(),
  bytes: new Uint8Array(3),
  'detached bytes': detached(),
  'detached buffer': detached().buffer,
  'invalid date': new Date(Number.NaN),
  date: new Date(0),
};

/** Every public function with one argument left open; those in promises among them. */
const token = signer.sign(video);
const prepared = streamtoken.prepare(key.publicKey, video);
const rules = new AccessRules([]);
const functions = {
  'SigningKey.load': (value) => SigningKey.load(value),
  'SigningKey.load, options': (value) => SigningKey.load(key.toJwk(), value),
  'SigningKey.load, id': (value) => SigningKey.load(key.toPkcs8Pem(), { id: value }),
  'PublicKey.load': (value) => PublicKey.load(value),
  'KeySet.load': (value) => KeySet.load(value),
  'KeySet.fromJwks': (value) => KeySet.fromJwks(value),
  'new KeySet': (value) => new KeySet(key, value),
  'KeySet.get': (value) => keys.get(value),
  describeKey: (value) => streamtoken.describeKey(value),
  'new Signer': (value) => new Signer(value),
  sign: (value) => signer.sign(value),
  'sign, options': (value) => signer.sign(video, value),
  'signAsync, options': (value) => signer.signAsync(video, value),
  signMany: (value) => signer.signMany(value),
  'signMany, options': (value) => signer.signMany([], value),
  'signMany, signal': (value) => signer.signMany([], { signal: value }),
  signLines: (value) => signer.signLines(value),
  'signLines, line': (value) => signer.signLines([value]),
  'signLinesAsync, options': (value) => signer.signLinesAsync([], value),
  prepare: (value) => streamtoken.prepare(value, video),
  'prepare, identifier': (value) => streamtoken.prepare(key.publicKey, value),
  'prepare, options': (value) => streamtoken.prepare(key.publicKey, video, value),
  finish: (value) => prepared.finish(value),
  verify: (value) => streamtoken.verify(value, keys),
  'verify, keys': (value) => streamtoken.verify(token, value),
  'verify, options': (value) => streamtoken.verify(token, keys, value),
  verifyAsync: (value) => streamtoken.verifyAsync(value, keys),
  inspect: (value) => streamtoken.inspect(value),
  'new AccessRules': (value) => new AccessRules(value),
  'AccessRules.parse': (value) => AccessRules.parse(value),
  'AccessRules.allowOnly': (value) => AccessRules.allowOnly(value),
  'AccessRules.block': (value) => AccessRules.block(value),
  'AccessRules.evaluate': (value) => rules.evaluate(value),
  'CustomerCode.parse': (value) => CustomerCode.parse(value),
  playbackUrls: (value) => streamtoken.playbackUrls(value, 'f33zs165nr7gyfy4'),
  'playbackUrls, code': (value) => streamtoken.playbackUrls(token, value),
  'playbackUrls, options': (value) => streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4', value),
  rewrite: (value) => streamtoken.rewrite(value, token),
  'rewrite, token': (value) => streamtoken.rewrite('https://videodelivery.net/x', value),
};
Object.assign(functions, {
  explain: (value) => streamtoken.explain(value, keys),
  'explain, keys': (value) => streamtoken.explain(token, value),
  'explain, options': (value) => streamtoken.explain(token, keys, value),
  explainAsync: (value) => streamtoken.explainAsync(value, keys),
  'explainAsync, keys': (value) => streamtoken.explainAsync(token, value),
  'explainAsync, options': (value) => streamtoken.explainAsync(token, keys, value),
  lint: (value) => streamtoken.lint(value),
  'lint, options': (value) => streamtoken.lint([], value),
  'lint, now': (value) => streamtoken.lint([], { now: value }),
  simulate: (value) => streamtoken.simulate(value, []),
  'simulate, viewers': (value) => streamtoken.simulate([], value),
  'simulate, viewer': (value) => streamtoken.simulate([], [value]),
  'new Signer, options': (value) => new Signer(key, value),
  'new Signer, lint': (value) => new Signer(key, { lint: value }),
  'prepare, lint': (value) => streamtoken.prepare(key.publicKey, video, { lint: value }),
});
const asking = new streamtoken.Client({
  apiToken: 'an-API-token',
  accountId: 'an-account',
  fetch: async () => Response.json({ success: true, result: { token: token.token } }),
});
const local = streamtoken.Client.local(signer);
Object.assign(functions, {
  'new Client': (value) => new streamtoken.Client(value),
  'Client.local': (value) => streamtoken.Client.local(value),
});
for (const [kind, { stream }] of Object.entries({ asking, local })) {
  Object.assign(functions, {
    [`${kind}, token`]: (value) => stream.token.create(value),
    [`${kind}, token, params`]: (value) => stream.token.create(video, value),
    [`${kind}, token, options`]: (value) => stream.token.create(video, {}, value),
    [`${kind}, token, account`]: (value) => stream.token.create(video, { account_id: value }),
    [`${kind}, token, pem`]: (value) => stream.token.create(video, { id: 'k', pem: value ?? '' }),
    [`${kind}, token, retries`]: (value) => stream.token.create(video, {}, { maxRetries: value }),
    [`${kind}, token, signal`]: (value) => stream.token.create(video, {}, { signal: value }),
  });
}
Object.assign(functions, {
  'keys.delete': (value) => asking.stream.keys.delete(value),
  'keys.delete, params': (value) => asking.stream.keys.delete('k', value),
  'keys.delete, options': (value) => asking.stream.keys.delete('k', {}, value),
});
for (const name of ['apiToken', 'accountId', 'baseURL', 'allowHttp', 'maxRetries', 'logger', 'logLevel']) {
  const others = { apiToken: 't', accountId: 'a' };
  functions[`new Client, ${name}`] = (value) => new streamtoken.Client({ ...others, [name]: value });
}
for (const [index, name] of ['timeout', 'deadline'].entries()) {
  // One and a half milliseconds is a time limit.
  const limited = (value) => (value === 1.5 ? index - 1 : value);
  functions[`new Client, ${name}`] = (value) =>
    new streamtoken.Client({ apiToken: 't', [name]: limited(value) });
}
for (const name of [...Object.keys(streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4'))]) {
  functions[`playbackUrls, ${name}`] = (value) =>
    streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4', { [name]: value });
}
const signNames = ['exp', 'expiresIn', 'nbf', 'now', 'downloadable', 'accessRules', 'flags', 'timeFormat'];
for (const name of [...signNames, 'reuseWindow']) {
  functions[`sign, ${name}`] = (value) => signer.sign(video, { now, [name]: value });
}
for (const name of ['identifier', 'now', 'ip', 'country', 'leeway', 'download']) {
  functions[`verify, ${name}`] = (value) => streamtoken.verify(token, keys, { [name]: value });
  functions[`explain, ${name}`] = (value) => streamtoken.explain(token, keys, { [name]: value });
}
// A video may be a second and a half long.
functions['explain, duration'] = (value) =>
  streamtoken.explain(token, keys, { duration: value === 1.5 ? -1 : value });

/**
 * Each item of a batch is answered by itself, a key set is asked for any text, any text is explained, and what
 * is wrong with anything that can be read is found by a lint.
 */
function takesAll(name, kind) {
  if (name === 'lint') return !/^(cyclic|exploding|deep|very deep|huge array)$/.test(kind);
  if (/^explain(Async)?$/.test(name)) return typeof odd[kind] === 'string' || /bytes|buffer$/.test(kind);
  if (name === 'signMany') return ['exploding', 'deep', 'very deep'].includes(kind);
  if (name === 'signLines, line') return typeof odd[kind] === 'string' || /bytes|buffer$/.test(kind);
  return name === 'KeySet.get' && typeof odd[kind] === 'string';
}

/** The combinations that are fine: nothing was asked for, or nothing is looked at. */
const fine = /^(holes|list|true|object|no prototype|undefined|null|-0|date|huge array)$/;

test('each function refuses what it does not take with one of our errors', async () => {
  let refusals = 0;
  for (const [name, work] of Object.entries(functions)) {
    for (const [kind, value] of Object.entries(odd)) {
      try {
        await work(value);
        if (!takesAll(name, kind)) assert.match(kind, fine, `${name} took ${kind}`);
      } catch (error) {
        if (!(error instanceof StreamTokenError)) error.message = `${name}, ${kind}: ${error.message}`;
        if (!(error instanceof StreamTokenError)) throw error;
        assert.notEqual(error.code, 'internal', `${name}, ${kind}`);
        refusals += 1;
      }
    }
  }
  assert.ok(refusals > 2_000, `${refusals}`);
});

test('what is never an argument is never taken', async () => {
  for (const [name, work] of Object.entries(functions)) {
    for (const [kind, value] of Object.entries(never)) {
      if (takesAll(name, kind)) continue;
      await refusedSomehow(() => work(value), `${name} took ${kind}`);
    }
  }
});

async function refusedSomehow(work, note) {
  const error = await thrown(work).catch(() => assert.fail(note));
  assert.ok(error instanceof StreamTokenError, `${note}: ${error}`);
}

function isLiteral(value) {
  return value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

test('the code and the field say which fault it is', async () => {
  const cases = [
    [{ exp: true }, 'time_type', '/exp'],
    [{ exp: `${now}` }, 'time_type', '/exp'],
    [{ exp: Symbol('x') }, 'time_type', '/exp'],
    [{ exp: () => 1 }, 'time_type', '/exp'],
    [{ exp: Number.NaN }, 'time_not_finite', '/exp'],
    [{ exp: new Date(Number.NaN) }, 'time_not_finite', '/exp'],
    [{ exp: now + 1.5 }, 'time_fractional', '/exp'],
    [{ exp: -1 }, 'time_negative', '/exp'],
    [{ exp: -(2n ** 70n) }, 'time_negative', '/exp'],
    [{ exp: new Date(-1) }, 'time_negative', '/exp'],
    [{ exp: 2 ** 64 }, 'time_in_milliseconds', '/exp'],
    [{ exp: 2n ** 64n }, 'time_in_milliseconds', '/exp'],
    [{ exp: now * 1000 }, 'time_in_milliseconds', '/exp'],
    [{ exp: now + 86_401 }, 'exp_too_far', '/exp'],
    [{ exp: now + 60, expiresIn: 60 }, 'exp_conflict', '/expires_in'],
    [{ expiresIn: '90' }, 'duration_invalid', '/expires_in'],
    [{ expiresIn: 2 ** 64 }, 'time_in_milliseconds', '/expires_in'],
    [{ expiresIn: '9'.repeat(10_000_000) }, 'duration_invalid', '/expires_in'],
    [{ expireIn: 60 }, 'option_unknown', '/expireIn'],
    [{ ExpiresIn: 60 }, 'option_unknown', '/ExpiresIn'],
    [{ '': 1 }, 'option_unknown', undefined],
    [{ ['__proto__']: 1 }, 'option_unknown', '/__proto__'],
    [{ '\ud800': 1 }, 'option_unknown', undefined],
    [{ expiresIn: 60, expires_in: 60 }, 'json_duplicate_member', '/expires_in'],
    [{ signal: new AbortController().signal }, 'option_unknown', '/signal'],
    [{ accessRules: null }, 'option_null', '/accessRules'],
    [{ accessRules: undefined }, 'option_null', '/accessRules'],
    [{ accessRules: {} }, 'option_type', '/accessRules'],
    [{ accessRules: new Set() }, 'option_type', '/accessRules'],
    [{ accessRules: new Array(1) }, 'option_type', '/accessRules/0'],
    [
      { accessRules: [{ type: 'any', action: 'allow', city: 'x' }] },
      'rule_member_unknown',
      '/accessRules/0/city',
    ],
    [{ accessRules: [{ type: 'ip.src', action: 'allow', ip: [7] }] }, 'option_type', '/accessRules/0/ip/0'],
    [{ downloadable: 'true' }, 'option_type', '/downloadable'],
    [{ downloadable: 1 }, 'option_type', '/downloadable'],
    [{ flags: [] }, 'option_type', '/flags'],
    [{ flags: new Map() }, 'option_type', '/flags'],
    [{ timeFormat: 'text' }, 'option_value', '/time_format'],
    [{ timeFormat: '\ud800' }, 'option_value', '/time_format'],
    [{ expiresIn: new Date(now * 1000) }, 'time_type', '/expires_in'],
    [{ reuseWindow: new Date(0) }, 'time_type', '/reuse_window'],
    [{ downloadable: new Date() }, 'option_type', '/downloadable'],
    [{ id: 'k' }, 'option_not_local', '/id'],
    [{ flags: cyclic() }, 'json_too_deep', undefined],
    [{ flags: exploding() }, 'option_too_large', undefined],
    [{ accessRules: new Array(700).fill('x'.repeat(1 << 20)) }, 'option_too_large', undefined],
    [{ flags: new Array(700).fill({ ['x'.repeat(1 << 20)]: 1 }) }, 'option_too_large', undefined],
    [{ timeFormat: '\0'.repeat(1 << 27) }, 'option_too_large', undefined],
    [new Map([['exp', now + 60]]), 'option_type', undefined],
    [new Options(), 'option_type', undefined],
    [Object.create({ accessRules: [] }), 'option_type', undefined],
    [null, 'option_type', undefined],
    [[], 'option_type', undefined],
  ];
  for (const [options, code, field] of cases) {
    const timed = isLiteral(options) ? { now, ...options } : options;
    for (const form of [() => signer.sign(video, timed), () => signer.signAsync(video, timed)]) {
      await refused(form, code, field).catch((error) => assert.fail(`${code} ${field}: ${error.message}`));
    }
  }
  await refused(() => signer.sign(), 'identifier_invalid', '/identifier');
  await refused(() => signer.sign(7), 'option_type', '/identifier');
  await refused(() => signer.sign(new String(video)), 'option_type', '/identifier');
  for (const identifier of [null, undefined]) {
    await refused(() => streamtoken.verify(token, keys, { identifier }), 'option_null', '/identifier');
  }
  await refused(() => streamtoken.verify(token, key), 'option_type', '/keys');
  await refused(() => streamtoken.verify(token, keys, { identifer: video }), 'option_unknown', '/identifer');
  const load = [SigningKey.load, PublicKey.load, KeySet.load, KeySet.fromJwks, streamtoken.describeKey];
  for (const each of load) await refused(() => each(7), 'option_type', '/text');
  await refused(() => SigningKey.load(key.toJwk(), { key: 1 }), 'option_unknown', '/key');
  await refused(() => new Signer(key.publicKey), 'option_type', '/key');
  await refused(() => new KeySet(), 'key_set_empty', undefined);
  await refused(() => new KeySet(key, 'k'), 'option_type', '/keys/1');
  await refused(() => signer.sign(`${video}\ud800`), 'identifier_invalid', '/identifier');
  const surrogate = (json) => json.replace('{', '{"comment":"\ud800",');
  for (const each of [SigningKey.load, PublicKey.load, streamtoken.describeKey]) {
    await refused(() => each(surrogate(key.toJwk())), 'key_unrecognized', undefined);
  }
  for (const each of [KeySet.load, KeySet.fromJwks]) {
    await refused(() => each(surrogate(keys.toJwks())), 'key_set_malformed', undefined);
  }
  await refused(() => AccessRules.parse('"\ud800"'), 'text_not_utf8', undefined);
  await refused(() => AccessRules.parse(Uint8Array.of(0xff)), 'text_not_utf8', undefined);
  await refused(() => streamtoken.verify('\ud800', keys), 'token_shape', undefined);
  for (const who of [7, null, {}]) {
    await refused(() => AccessRules.allowOnly(who), 'option_type', undefined);
    await refused(() => AccessRules.block(who), 'option_type', undefined);
  }
  await refused(() => prepared.finish('signature'), 'option_type', '/signature');
  await refused(() => prepared.finish(new Uint8Array(256)), 'signature_not_from_key', undefined);
});

test('messages name what came', async () => {
  const kinds = [
    [() => 1, 'a function'],
    [Symbol('x'), 'a symbol'],
    [Promise.resolve(), 'a promise'],
    [new Map(), 'a Map'],
    [new Date(), 'a Date'],
    [new Uint8Array(1), 'a buffer'],
    [new Options(), 'an instance of a class'],
    [[], 'a list'],
    [null, 'null'],
    [5n, 'a number'],
  ];
  for (const [value, kind] of kinds) {
    const { message } = await refused(
      () => signer.sign(video, { timeFormat: value ?? [] }),
      'option_type',
      '/time_format',
    );
    assert.ok(message.endsWith(value === null ? 'a list' : kind), message);
  }
});

test('nobody else makes our objects', () => {
  for (const name of [
    'SigningKey',
    'PublicKey',
    'Token',
    'Prepared',
    'Claims',
    'Unverified',
    'CustomerCode',
  ]) {
    assert.throws(() => new streamtoken[name]({}), /has no public constructor; use /);
  }
  const forged = Object.setPrototypeOf({}, SigningKey.prototype);
  assert.throws(() => forged.id, TypeError);
  assert.throws(() => signer.sign.call({}, video), TypeError);
});

test('the bytes of keys and signatures may be shared or of any buffer', () => {
  const jwk = Buffer.from(key.toJwk());
  const shared = new Uint8Array(new SharedArrayBuffer(jwk.length));
  shared.set(jwk);
  const buffer = jwk.buffer.slice(jwk.byteOffset, jwk.byteOffset + jwk.length);
  for (const text of [jwk, shared, shared.buffer, buffer, new Uint8Array(buffer)]) {
    assert.equal(SigningKey.load(text).toJwk(), key.toJwk());
  }
  assert.equal(Buffer.from(shared).toString(), key.toJwk(), 'the caller keeps what was shared');
  const signature = Buffer.from(signer.sign(video, { now }).token.split('.')[2], 'base64url');
  const finished = streamtoken
    .prepare(key.publicKey, video, { now })
    .finish(Uint8Array.from(signature).buffer);
  assert.equal(finished.token, signer.sign(video, { now }).token);
});
