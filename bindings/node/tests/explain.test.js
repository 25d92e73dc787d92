'use strict';

// Why a token is refused: the report in JavaScript. What it says is shown by the vectors.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { example, key, keys, refused, runNode, signer, streamtoken, thrown, video } = require('./support.js');

const { KeySet, Report, SigningKey, TokenError, explain, explainAsync } = streamtoken;
const now = 1_537_456_765;
const token = signer.sign(video, { now });
const expired = { now: now + 7200 };

/** Both forms. */
const forms = { explain, explainAsync };

/** Every object within a value. */
function objects(value) {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(objects)];
}

test('a report is the object of the wire, its error one of ours that is not thrown', async () => {
  for (const form of Object.values(forms)) {
    const report = await form(token, keys, expired);
    assert.ok(report instanceof Report);
    assert.deepEqual([report.verify, report.platform, report.kind], ['refuses', 'refuses', 'token']);
    assert.ok(report.error instanceof TokenError);
    assert.equal(report.error.code, 'token_expired');
    const error = await thrown(() => streamtoken.verify(token, keys, expired));
    assert.deepEqual(JSON.parse(JSON.stringify(report.error)), JSON.parse(JSON.stringify(error)));
    const wire = JSON.parse(JSON.stringify(report));
    const names = ['verify', 'platform', 'error', 'kind', 'bytes', 'read', 'checks'];
    assert.deepEqual(Object.keys(wire), names);
    assert.deepEqual(wire.checks, report.checks);
    assert.equal(explain(token, keys, { now }).error, null);
  }
});

test('findings are failures first, and each check is found by its id', () => {
  const url = `http://videodelivery.net/${token}/manifest/video.m3u8`;
  const report = explain(url, keys, { ...expired, identifier: 'another' });
  const order = report.findings.map(({ status }) => status);
  assert.ok(order.includes('fail') && order.includes('warn'), `${order}`);
  assert.deepEqual(order, [...order].sort());
  assert.deepEqual(
    report.check('expired'),
    report.findings.find(({ id }) => id === 'expired'),
  );
  assert.equal(report.check('no such check'), undefined);
  // What was seen stands below each finding.
  const isSeen = (line) => line.startsWith(' ');
  const all = `${report}`.split('\n');
  assert.ok(
    all.some((line) => isSeen(line) && line.includes('identifier: another')),
    `${report}`,
  );
  const lines = all.filter((line) => !isSeen(line));
  assert.equal(lines[0], 'verify: refuses; platform: refuses');
  assert.equal(lines.length, 1 + report.findings.length);
  for (const [index, { id, cause }] of report.findings.entries()) {
    assert.ok(lines[index + 1].includes(`${id}: ${cause}`), lines[index + 1]);
  }
});

test('nothing of a report can be changed', () => {
  const report = explain(token, keys, { now, duration: 86_000 });
  for (const part of objects({ ...report, error: null, findings: report.findings }).slice(1)) {
    assert.ok(Object.isFrozen(part), inspect(part));
  }
  assert.throws(() => {
    report.verify = 'accepts';
  }, TypeError);
  assert.throws(() => new Report({}), /has no public constructor; use explain/);
});

test('a report is shown by its verdicts and findings', () => {
  const shown = inspect(explain(token, keys, expired), { depth: 4 });
  assert.match(shown, /^Report \{\n? *verify: 'refuses'/);
  assert.ok(shown.includes("id: 'expired'") && !shown.includes("id: 'typ'"), shown);
});

test('keys are a set, one key of either kind, or none', async () => {
  for (const each of [keys, key, key.publicKey, KeySet.fromJwks(keys.toJwks())]) {
    for (const form of Object.values(forms)) {
      const report = await form(token, each, { now });
      assert.deepEqual([report.verify, report.check('signature').status], ['accepts', 'pass']);
    }
  }
  for (const none of [undefined, null]) {
    for (const form of Object.values(forms)) {
      const report = await form(token, none, { now });
      assert.deepEqual([report.verify, report.check('signature').status], ['unknown', 'unknown']);
    }
  }
  const other = SigningKey.load(key.toPkcs8Pem(), { id: 'another' });
  assert.equal(explain(token, other, { now }).check('key_known').status, 'fail');
  for (const wrong of [keys.toJwks(), key.id, [], [key], {}, 7, false]) {
    await refused(() => explain(token, wrong), 'option_type', '/keys');
    await refused(() => explainAsync(token, wrong), 'option_type', '/keys');
  }
});

test('the text is a token, a string, or bytes of any buffer', async () => {
  const bytes = Buffer.from(token.token);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const expected = JSON.stringify(explain(token, keys, { now }));
  for (const text of [token.token, bytes, Uint8Array.from(bytes), shared, shared.buffer]) {
    assert.equal(JSON.stringify(explain(text, keys, { now })), expected);
    assert.equal(JSON.stringify(await explainAsync(text, keys, { now })), expected);
  }
  assert.equal(Buffer.from(shared).toString(), token.token, 'the caller keeps what was shared');
  const held = Uint8Array.from(bytes);
  const later = explainAsync(held, keys, { now });
  held.fill(0);
  assert.equal(JSON.stringify(await later), expected, 'the bytes are read at the call');
  for (const wrong of [undefined, null, 7, {}, [], new URL('https://videodelivery.net/x')]) {
    await refused(() => explain(wrong, keys), 'option_type', '/text');
    await refused(() => explainAsync(wrong, keys), 'option_type', '/text');
  }
});

test('facts are dates and numbers in either spelling, and the nonsensical is refused', async () => {
  const at = (options) => explain(token, keys, options);
  assert.equal(at({ now: new Date(now * 1000) }).verify, 'accepts');
  assert.equal(at({ now: BigInt(now), duration: 86_000n }).check('outlasts_video').status, 'warn');
  assert.equal(at({ now, duration: 60.5 }).check('outlasts_video').status, 'pass');
  const cases = [
    [{ viewer: {} }, 'option_unknown', '/viewer'],
    [{ leeway: 301 }, 'leeway_too_large', '/leeway'],
    [{ duration: '1h' }, 'time_type', '/duration'],
    [{ duration: new Date(0) }, 'time_type', '/duration'],
    [{ duration: Number.NaN }, 'time_not_finite', '/duration'],
    [{ identifier: undefined }, 'option_null', '/identifier'],
    [new Map([['now', now]]), 'option_type', undefined],
  ];
  for (const [options, code, field] of cases) {
    for (const form of Object.values(forms)) await refused(() => form(token, keys, options), code, field);
  }
});

test('an exception of the caller passes through, whatever is explained', async () => {
  const mine = { mine: true };
  const fights = () => {
    throw mine;
  };
  const options = new Proxy({}, { ownKeys: fights });
  for (const form of Object.values(forms)) assert.equal(await thrown(() => form(token, keys, options)), mine);
  const got = Object.defineProperty({}, 'now', { get: fights, enumerable: true });
  for (const form of Object.values(forms)) assert.equal(await thrown(() => form(token, keys, got)), mine);
  const proxied = new Proxy({ now }, {});
  assert.equal(explain(token, keys, proxied).verify, 'accepts');
  await refused(() => explain(token, new Proxy(keys, {})), 'option_type', '/keys');
});

/** A token whose payload is this text, with a signature that is none. */
function unsigned(payload) {
  return `${example.token.split('.')[0]}.${Buffer.from(payload).toString('base64url')}.AAAA`;
}

const rules = `[${new Array(1_000_000).fill('{"type":"any","action":"block"}').join()}]`;
const hostile = {
  empty: '',
  NUL: '\0',
  'NUL within': `${token}\0`,
  'a lone surrogate': '\ud800',
  'a lone surrogate within': `${token}\udc00`,
  'a megabyte': 'x'.repeat(1 << 20),
  'a megabyte of dots': '.'.repeat(1 << 20),
  'a megabyte of brackets': '['.repeat(1 << 20),
  'a megabyte of NUL': '\0'.repeat(1 << 20),
  'a megabyte of bytes': new Uint8Array(1 << 20).fill(0xff),
  'bytes of everything': Uint8Array.from({ length: 4096 }, (_, index) => index * 7),
  'a million rules': unsigned(`{"sub":"${video}","accessRules":${rules}}`),
  'a million rules as JSON': `{"sub":"${video}","accessRules":${rules}}`,
  'three hundred rules': unsigned(`{"accessRules":[${new Array(300).fill('{"type":"any"}').join()}]}`),
  'a deep payload': unsigned('['.repeat(10_000)),
  'duplicate members': unsigned('{"sub":"a","sub":"b"}'),
  'a prototype': unsigned('{"__proto__":{"exp":1},"constructor":1}'),
};

// A process of its own for each: what others left behind would hide a copy.
test('a long text is not copied', () => {
  const texts = [
    `'x'.repeat(long)`,
    `'é'.repeat(long / 2)`,
    'new Uint8Array(long).fill(1)',
    'new SharedArrayBuffer(long)',
    'new Uint8Array(new SharedArrayBuffer(long)).fill(1)',
  ];
  for (const text of texts) {
    for (const form of Object.keys(forms)) {
      const program = `const streamtoken = require('./bindings/node/index.js');
        const long = 64 << 20;
        const text = ${text};
        // What the string weighs is there before.
        Buffer.byteLength(text);
        (async () => {
          await streamtoken.${form}('short');
          // The peak never falls, and may be that of the parent: only above it a copy shows.
          const peak = () => process.resourceUsage().maxRSS;
          const room = () => peak() - process.memoryUsage.rss() / 1024;
          const held = [];
          while (room() > 4 << 10) held.push(Buffer.alloc(1 << 20, 1));
          const before = peak();
          const { bytes } = await streamtoken.${form}(text);
          console.log(JSON.stringify({ isWhole: bytes === long, grown: peak() - before }));
        })();`;
      const { status, stdout, stderr } = runNode(program);
      assert.equal(status, 0, stderr);
      const { isWhole, grown } = JSON.parse(stdout);
      assert.ok(isWhole && grown < 16 << 10, `${form} of ${text}: ${grown} KiB`);
    }
  }
});

test('whatever was pasted gets a report after bounded work', async () => {
  const ids = explain(token).checks.map(({ id }) => id);
  for (const [what, text] of Object.entries(hostile)) {
    for (const form of Object.values(forms)) {
      const report = await form(text, keys, { now });
      assert.notEqual(report.verify, 'accepts', what);
      assert.ok(report.bytes >= text.length && report.read <= 65_536, what);
      assert.ok(report.read <= report.bytes, what);
      assert.deepEqual(
        report.checks.map(({ id }) => id),
        ids,
        what,
      );
      assert.ok(JSON.stringify(report).length < 32_768, what);
    }
  }
});
