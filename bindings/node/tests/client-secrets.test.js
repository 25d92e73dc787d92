'use strict';

// Nothing that is shown or logged gives a credential, a key or a token away.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { format, inspect } = require('node:util');
const v8 = require('node:v8');
const { clientOf, failed } = require('./client-support.js');
const { key, signer, streamtoken, thrown, video } = require('./support.js');

const { Client, CreatedKey, SigningKey } = streamtoken;
const other = SigningKey.generate();
const token = signer.sign(video).token;
const credentials = {
  apiToken: 'v1.0-8a1f5c72e9b04d36a7c8',
  apiKey: 'c2547eb745079dac9320b638f5e225cf',
};

/** Texts of which no eighteen characters in a row may be seen. */
const hidden = [token, ...Object.values(credentials)];
for (const each of [key, other])
  hidden.push(each.toPemBase64(), each.toJwkBase64(), each.toPkcs1Pem(), each.toPkcs8Pem());
const secrets = new Set(hidden.flatMap(pieces));
// The header of a token and the frame of a key are alike in all of them.
for (const piece of [...secrets])
  if (hidden.filter((text) => text.includes(piece)).length > 2) secrets.delete(piece);

function pieces(text) {
  return Array.from({ length: Math.max(0, text.length - 17) }, (_, start) => text.slice(start, start + 18));
}

function checkAll(texts) {
  for (const text of texts)
    for (const piece of pieces(text)) assert.ok(!secrets.has(piece), `${piece} in ${text}`);
}

/** Every way in which a value gets into a log. */
function shown(value) {
  const everything = { showHidden: true, depth: 10 };
  return [
    format('%s %o %O %j', value, value, value, value),
    inspect(value, { ...everything, getters: true }),
    inspect(value, { ...everything, customInspect: false }),
    JSON.stringify(value) ?? '',
    JSON.stringify({ ...value }),
    v8.serialize(structuredClone({ ...value, cause: undefined, stream: undefined })).toString('latin1'),
    `${value.stack ?? ''}`,
  ];
}

test('the search for secrets finds one', () => {
  for (const text of hidden) assert.throws(() => checkAll([`a log with ${text}`]), /a log/);
});

test('clients are shown without what they know', () => {
  const previous = { apiToken: undefined, apiEmail: 'e@example.com', apiKey: credentials.apiKey };
  for (const options of [{ apiToken: credentials.apiToken }, previous]) {
    const client = clientOf(options);
    for (const value of [client, client.stream, client.stream.token, client.stream.keys])
      checkAll(shown(value));
    assert.equal(inspect(client), 'Client {}');
  }
  checkAll(shown(Client.local(signer)));
});

/** What the API says to a request when it repeats all that it was told. */
function echo(_url, { headers, body }) {
  const said = JSON.stringify([headers, body]);
  const errors = [{ code: 10000, message: `no: ${said}`, said: { headers, body, token } }];
  const answer = { success: false, errors, messages: [{ message: said }], result: null };
  return Promise.resolve(new Response(JSON.stringify(answer), { status: 400, headers: { 'cf-ray': said } }));
}

test('errors and logs do not repeat what was sent, whoever says it', async () => {
  const logged = [];
  const log = (...args) =>
    logged.push(...args.flatMap((value) => [format('%o', value), JSON.stringify(value)]));
  const logger = { info: log, debug: log };
  const schemes = [
    { apiToken: credentials.apiToken },
    { apiToken: undefined, apiEmail: 'e@example.com', apiKey: credentials.apiKey },
  ];
  const throwing = (_url, { headers, body }) =>
    Promise.reject(new Error(`failed: ${JSON.stringify([headers, body])}`));
  const params = { id: key.id, pem: key.toPemBase64() };
  for (const scheme of schemes) {
    for (const [fetch, code] of [
      [echo, 'api_bad_request'],
      [throwing, 'api_connection'],
    ]) {
      const client = clientOf({ ...scheme, fetch, logger, logLevel: 'debug', maxRetries: 0 });
      checkAll(shown(await failed(() => client.stream.token.create(video, params), code)));
      checkAll(shown(await failed(() => client.stream.keys.create(), code)));
      const damaged = { ...params, pem: `${params.pem}A` };
      checkAll(shown(await thrown(() => client.stream.token.create(video, damaged))));
    }
  }
  assert.ok(logged.length >= 16, `${logged.length}`);
  checkAll(logged);
});

test('results are shown without what they are for', async () => {
  const results = [
    { token },
    {
      id: other.id,
      pem: other.toPemBase64(),
      jwk: other.toJwkBase64(),
      created: 'today',
      pkcs8: other.toPkcs8Pem(),
    },
  ];
  const logged = [];
  const log = (...args) => logged.push(...args.map((value) => inspect(value, { depth: 10 })));
  const fetch = async () => Response.json({ success: true, result: results.shift() });
  const client = clientOf({ fetch, logger: { info: log, debug: log }, logLevel: 'debug' });
  const made = await client.stream.token.create(video);
  const created = await client.stream.keys.create();
  for (const value of [made, created]) {
    checkAll([inspect(value), inspect([value]), inspect(value, { showHidden: true, customInspect: false })]);
  }
  checkAll(shown(created));
  assert.equal(
    inspect(created),
    `CreatedKey {\n  id: '${other.id}',\n  created: 'today',\n  pem: [redacted],\n  jwk: [redacted]\n}`,
  );
  assert.deepEqual(Object.keys(created), ['id', 'created']);
  assert.deepEqual([created.pem, created.jwk], [other.toPemBase64(), other.toJwkBase64()]);
  assert.deepEqual(created.other, { pkcs8: other.toPkcs8Pem() });
  assert.equal(created.signingKey().toJwk(), other.toJwk());
  assert.throws(() => new CreatedKey({}), /has no public constructor/);
  assert.ok(logged.length > 0);
  checkAll(logged);
});
