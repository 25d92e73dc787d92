'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { format, inspect } = require('node:util');
const v8 = require('node:v8');
const { example, key, keys, signer, streamtoken, thrown, video } = require('./support.js');

/** All pieces of sixteen characters of the example key's texts that are not public. */
const secrets = new Set(
  [key.toPkcs1Pem(), key.toPkcs8Pem(), key.toJwk(), key.toPemBase64(), key.toJwkBase64()]
    .flatMap(pieces)
    .filter((piece) => !key.publicKey.toJwk().includes(piece) && !piece.includes('-----')),
);

function pieces(text) {
  return Array.from({ length: Math.max(0, text.length - 15) }, (_, start) => text.slice(start, start + 16));
}

function givesAway(text) {
  return pieces(text).some((piece) => secrets.has(piece));
}

/** Every way in which a value gets into a log. */
function shown(value) {
  const everything = { showHidden: true, depth: 10, getters: true };
  return [
    format('%s %o %O %j %d', value, value, value, value, value),
    inspect(value, everything),
    inspect(value, { ...everything, customInspect: false }),
    inspect({ inside: [value] }),
    JSON.stringify(value) ?? '',
    JSON.stringify({ ...value }),
    `${Object.getOwnPropertyNames(value)}`,
  ];
}

test('the search for secrets finds one', () => {
  assert.ok(secrets.size > 1000);
  assert.ok(givesAway(`a log with ${key.toPkcs8Pem()}`));
});

test('keys and signers are shown without what they keep secret', () => {
  for (const value of [key, signer, keys, key.publicKey]) {
    for (const text of shown(value)) assert.equal(givesAway(text), false, text);
  }
  assert.equal(inspect(key), `SigningKey { id: '${example.key_id}', bits: 2048 }`);
  assert.ok(inspect(signer).includes(inspect(key)));
  assert.equal(JSON.stringify(key), '{}');
});

test('a key does not survive a structured clone', () => {
  for (const value of [key, signer]) {
    assert.deepEqual(structuredClone(value), {});
    assert.equal(givesAway(v8.serialize(value).toString('latin1')), false);
  }
});

test('errors about keys do not quote them', async () => {
  const jwk = JSON.parse(key.toJwk());
  const damaged = [
    key.toPkcs1Pem().replace('M', 'N'),
    key.toPkcs8Pem().slice(0, -60),
    JSON.stringify({ ...jwk, d: jwk.p }),
    JSON.stringify({ ...jwk, [jwk.d]: 1 }),
    `${key.toPemBase64()}AAAA`,
  ];
  for (const text of damaged) {
    const error = await thrown(() => streamtoken.SigningKey.load(text, { id: 'k' }));
    assert.equal(givesAway(`${inspect(error)} ${JSON.stringify(error)}`), false);
  }
  const misplaced = [
    () => signer.sign(key.toJwk()),
    () => signer.sign(video, { [key.toPemBase64()]: 1 }),
    () => signer.sign(video, { flags: key.toPemBase64() }),
    () => streamtoken.SigningKey.load(key.toJwk(), { id: key.toPemBase64() }),
    () => streamtoken.verify(key.toPkcs1Pem(), keys),
    () => streamtoken.playbackUrls(signer.sign(video), key.toPemBase64()),
    () => streamtoken.rewrite(key.toPemBase64(), signer.sign(video)),
    () => keys.get(key.toJwk()),
    () => new streamtoken.KeySet(key.toJwk()),
  ];
  for (const work of misplaced) {
    const error = await thrown(work).catch(() => '');
    assert.equal(givesAway(`${inspect(error)} ${JSON.stringify(error)}`), false, String(work));
  }
});

test('a key that was pasted by mistake is recognised and repeated nowhere', async () => {
  const jwk = JSON.parse(key.toJwk());
  const texts = {
    'PKCS#1': key.toPkcs1Pem(),
    'PKCS#8': key.toPkcs8Pem(),
    JWK: key.toJwk(),
    pem: key.toPemBase64(),
    jwk: key.toJwkBase64(),
    response: JSON.stringify({ success: true, result: { id: key.id, pem: key.toPemBase64() } }),
    damaged: JSON.stringify({ ...jwk, d: jwk.p }),
    'in a URL': `https://customer-f33zs165nr7gyfy4.cloudflarestream.com/${key.toPemBase64()}/manifest/video.m3u8`,
    'with a lone surrogate': `${key.toPkcs8Pem()}\ud800`,
    'behind a token': `${signer.sign(video)}\n${key.toPkcs8Pem()}`,
  };
  for (const [what, text] of Object.entries(texts)) {
    for (const given of [text, Buffer.from(text)]) {
      const reports = [streamtoken.explain(given, keys), await streamtoken.explainAsync(given, keys)];
      for (const report of reports) {
        for (const log of [...shown(report), `${report}`]) assert.equal(givesAway(log), false, what);
      }
    }
    const lints = [
      text,
      { [text]: 1 },
      { exp: text },
      [{ type: text }],
      [{ type: 'ip.src', action: 'block', ip: [text] }],
    ];
    for (const value of lints) assert.equal(givesAway(JSON.stringify(streamtoken.lint(value))), false, what);
    for (const work of [
      () => streamtoken.explain('', text),
      () => streamtoken.explain('', keys, { [text]: 1 }),
      () => streamtoken.explain('', keys, { country: text }),
      () => streamtoken.simulate(text, []),
      () => streamtoken.simulate([], [{ ip: text }]),
      () => new streamtoken.Signer(key, { lint: text }),
      () => new streamtoken.Signer(key, { [text]: 'deny' }),
    ]) {
      const error = await thrown(work);
      assert.equal(givesAway(`${inspect(error)} ${JSON.stringify(error)}`), false, `${what}: ${work}`);
    }
  }
  for (const what of ['PKCS#1', 'PKCS#8', 'JWK', 'pem', 'jwk']) {
    assert.equal(streamtoken.explain(texts[what]).check('secret').status, 'warn', what);
  }
});

test('a token is compact where it is text, and redacted where it is shown', () => {
  const token = signer.sign(video);
  assert.equal(token.token.length, 575);
  for (const text of [`${token}`, String(token), token.toString(), token.toJSON(), `${token}`.concat('')]) {
    assert.equal(text, token.token);
  }
  assert.equal(JSON.stringify({ token }), `{"token":"${token.token}"}`);
  assert.ok(Number.isNaN(Number(token)));
  const signature = token.token.split('.')[2];
  for (const options of [{}, { customInspect: false }, { showHidden: true }, { compact: true }]) {
    const text = inspect(token, options);
    assert.ok(!text.includes(signature) && text.includes(video), text);
  }
  assert.match(inspect(token), /^Token \{\n? *token: \[redacted\]/);
  assert.throws(() => {
    token.exp = 1;
  }, TypeError);
});

test('playback URLs are shown by name', () => {
  const token = signer.sign(video);
  const text = inspect(streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4'));
  assert.ok(!text.includes(token.token) && text.includes('animatedThumbnail'), text);
});
