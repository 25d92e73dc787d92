'use strict';

// The client against our service: every call and option, looked at on both sides.

const assert = require('node:assert/strict');
const { after, before, beforeEach, test } = require('node:test');
const { clientOf, clockOf, failed } = require('./client-support.js');
const { refused, runNode, root, signer, streamtoken, thrown, video } = require('./support.js');
const { startStreamServer } = require('../testing.js');

const { Client, CreatedKey, KeySet, Signer, SigningKey, Token, inspect, verify } = streamtoken;
const now = 1_537_456_765;

let server;
before(async () => {
  server = await startStreamServer();
});
beforeEach(() => server.reset());
after(() => server.close());

/** A client of the service, and what it sends. */
function watched(options) {
  const sent = [];
  const watching = (url, init) => {
    sent.push({ url, ...init, headers: new Headers(init.headers) });
    return fetch(url, init);
  };
  const { apiToken, accountId, baseUrl } = server;
  const client = new Client({
    apiToken,
    accountId,
    baseURL: baseUrl,
    maxRetries: 0,
    fetch: watching,
    ...options,
  });
  return { client, sent };
}

test('the token is the one that we mint, and what is asked for follows from now', async () => {
  await server.setClock(now);
  const { client, sent } = watched();
  const token = await client.stream.token.create(video, { now });
  const ours = new Signer(server.signingKey).sign(video, { now, timeFormat: 'string' });
  assert.ok(token instanceof Token);
  assert.equal(token.token, ours.token);
  assert.deepEqual({ ...token }, { ...ours });
  assert.equal(verify(token, await server.keys(), { identifier: video, now }).exp, now + 3600);
  const [{ url, method, headers, body, redirect }] = sent;
  assert.equal(url, `${server.baseUrl}/accounts/${server.accountId}/stream/${video}/token`);
  assert.deepEqual([method, redirect], ['POST', 'manual']);
  assert.deepEqual(JSON.parse(body), { exp: now + 3600, nbf: now - 3600 });
  assert.deepEqual(Object.fromEntries(headers), {
    accept: 'application/json',
    authorization: `Bearer ${server.apiToken}`,
    'content-type': 'application/json',
    'user-agent': `streamtoken/${streamtoken.version}`,
  });
});

test('the token comes with the warnings of what was sent', async () => {
  const { client } = watched();
  const template = [{ type: 'ip.geoip.country', action: 'allow', country: ['GB'] }];
  // The API honours the flag; of a token that is signed here there is a warning of it.
  const asked = { accessRules: template, flags: { original: true } };
  const { warnings } = await client.stream.token.create(video, asked);
  const [first, second] = signer.sign(video, asked).warnings;
  assert.deepEqual(warnings, [first]);
  assert.deepEqual([first.id, second.id], ['allow_without_block', 'flag_undocumented']);
  assert.ok(Object.isFrozen(warnings));
  assert.deepEqual((await client.stream.token.create(video)).warnings, []);
});

test('every option arrives, in either spelling', async () => {
  await server.setClock(now);
  const accessRules = [
    { type: 'ip.src', action: 'allow', ip: ['203.0.113.0/24', '2001:db8::/32'] },
    { type: 'ip.geoip.country', action: 'block', country: ['US'] },
    { type: 'any', action: 'allow' },
  ];
  const more = { downloadable: true, accessRules, flags: { original: true } };
  const body = { exp: now + 600, nbf: now - 60, ...more };
  const account = server.accountId;
  const forms = [
    { ...body, account_id: account },
    { ...body, accountId: account, exp: undefined, expiresIn: '10m' },
    { ...body, account_id: null, exp: undefined, expires_in: 600 },
    { ...body, exp: new Date((now + 600) * 1000), nbf: BigInt(now - 60) },
    { ...body, accessRules: new streamtoken.AccessRules(accessRules) },
  ];
  for (const form of forms) {
    const { client, sent } = watched();
    const token = await client.stream.token.create(video, { now, ...form });
    assert.deepEqual(JSON.parse(sent[0].body), body);
    const { kid, ...payload } = inspect(token).payload;
    assert.equal(kid, server.signingKey.id);
    assert.deepEqual(payload, { sub: video, ...body, exp: `${now + 600}`, nbf: `${now - 60}` });
    verify(token, await server.keys(), { identifier: video, now, ip: '203.0.113.7', download: true });
  }
});

test('a key that comes along signs, in whatever form it is', async () => {
  const key = SigningKey.generate();
  const { client, sent } = watched();
  for (const pem of [key.toPemBase64(), key.toPkcs8Pem()]) {
    const token = await client.stream.token.create(video, { id: key.id, pem });
    assert.equal(verify(token, new KeySet(key), { identifier: video }).kid, key.id);
    assert.deepEqual(JSON.parse(sent.at(-1).body), { id: key.id, pem: key.toPemBase64() });
  }
});

test('keys are made, listed and deleted', async () => {
  const { client, sent } = watched({ accountId: undefined });
  const { keys, token } = client.stream;
  const params = { account_id: server.accountId };
  const made = await keys.create(params);
  assert.ok(made instanceof CreatedKey);
  for (const text of [made.pem, made.jwk]) assert.equal(SigningKey.load(text, { id: made.id }).id, made.id);
  const listed = { id: made.id, key_id: made.id, created: made.created };
  assert.deepEqual(await keys.list(params), [listed]);
  const found = [];
  for await (const key of keys.get(params)) found.push(key);
  assert.deepEqual(found, [listed]);
  assert.equal(verify(new Signer(made.signingKey()).sign(video), await server.keys()).kid, made.id);
  assert.ok(await token.create(video, params));
  assert.equal(await keys.delete(made.id, params), 'Revoked');
  assert.equal((await server.keys()).get(made.id), undefined);
  assert.deepEqual(await keys.list(params), []);
  const error = await failed(() => keys.delete(made.id, params), 'api_not_found');
  assert.ok(error instanceof Client.NotFoundError);
  const path = `/accounts/${server.accountId}/stream/keys`;
  const routes = sent.map(({ method, url }) => `${method} ${url.slice(server.baseUrl.length)}`);
  const [create, list, , , remove] = routes;
  assert.deepEqual([create, list, remove], [`POST ${path}`, `GET ${path}`, `DELETE ${path}/${made.id}`]);
  assert.deepEqual([sent[0].body, sent[1].body, sent[4].body], ['{}', null, null]);
});

test('what is not known of a key is kept', async () => {
  const result = [{ id: 'k', key_id: 'k', created: null, site: { of: ['a', 1.5] } }];
  const { client } = watched({ fetch: async () => Response.json({ success: true, result }) });
  const listed = await client.stream.keys.list();
  assert.deepEqual(listed, result);
  assert.ok(Object.isFrozen(listed[0].site.of));
});

test('the previous scheme works, and the token of the new one counts', async () => {
  const previous = { apiEmail: server.apiEmail, apiKey: server.apiKey };
  const { client, sent } = watched({ ...previous, apiToken: undefined });
  verify(await client.stream.token.create(video), await server.keys(), { identifier: video });
  const { headers } = sent[0];
  const found = ['x-auth-email', 'x-auth-key', 'authorization'].map((name) => headers.get(name));
  assert.deepEqual(found, [server.apiEmail, server.apiKey, null]);
  const both = watched(previous);
  assert.ok(await both.client.stream.token.create(video));
  assert.equal(both.sent[0].headers.get('x-auth-key'), null);
  const wrong = watched({ ...previous, apiToken: undefined, apiKey: '0'.repeat(37) });
  await failed(() => wrong.client.stream.token.create(video), 'api_unauthorized');
});

/** Sets variables while `work` runs. */
async function within(variables, work) {
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

test('the environment fills in what was not given', async () => {
  const environment = server.environment;
  const mint = async (options) => (await new Client(options).stream.token.create(video)).keyId;
  assert.equal(await within(environment, () => mint()), server.signingKey.id);
  assert.equal(
    await within(environment, () => mint({ apiToken: undefined, apiKey: null })),
    server.signingKey.id,
  );
  const untidy = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, ` ${value}\r\n`]),
  );
  assert.equal(await within(untidy, () => mint()), server.signingKey.id);
  await within({ ...environment, CLOUDFLARE_API_TOKEN: 'wrong' }, async () => {
    await failed(() => mint(), 'api_unauthorized');
    assert.equal(await mint({ apiToken: server.apiToken }), server.signingKey.id);
  });
  const previous = { CLOUDFLARE_EMAIL: server.apiEmail, CLOUDFLARE_API_KEY: server.apiKey };
  const without = { ...environment, CLOUDFLARE_API_TOKEN: '' };
  assert.equal(await within({ ...without, ...previous }, () => mint()), server.signingKey.id);
  for (const empty of ['', ' ', '\n']) {
    const named = (name) =>
      within({ ...environment, [name]: empty }, () => failed(() => mint(), codes[name][0]));
    const codes = {
      CLOUDFLARE_API_TOKEN: ['api_credential_missing', '/api_token', 'apiToken'],
      CLOUDFLARE_ACCOUNT_ID: ['api_account_missing', '/account_id', 'accountId'],
    };
    for (const [name, [, field, option]] of Object.entries(codes)) {
      const error = await named(name);
      assert.equal(error.field, field);
      assert.ok(error.message.includes(name) && error.message.includes(option), error.message);
    }
  }
});

test('a local client is asked in the same way, and asks nobody', async () => {
  const client = Client.local(signer);
  const options = { now, timeFormat: 'string', downloadable: true };
  const token = await client.stream.token.create(
    video,
    { account_id: server.accountId, ...options },
    { timeout: 5 },
  );
  assert.ok(token instanceof Token);
  assert.equal(token.token, signer.sign(video, options).token);
  const key = SigningKey.generate();
  const theirs = await client.stream.token.create(video, { id: key.id, pem: key.toPemBase64() });
  assert.equal(theirs.keyId, key.id);
  const { keys } = client.stream;
  const calls = [() => keys.create(), () => keys.list(), () => keys.get().next(), () => keys.delete('k')];
  for (const call of calls) await failed(call, 'client_is_local');
  assert.throws(() => Client.local(signer.key), { code: 'option_type', field: '/signer' });
  await refused(() => client.stream.token.create('no video'), 'identifier_invalid', '/identifier');
  await refused(
    () => client.stream.token.create(video, { account_id: 'a/b' }),
    'account_id_invalid',
    '/account_id',
  );
  await refused(() => client.stream.token.create(video, {}, { timeout: 0 }), 'option_value', '/timeout');
});

test('each status is the error that Cloudflare’s client has for it', async () => {
  const { client } = watched();
  const kinds = [
    [400, 'BadRequestError', 'api_bad_request'],
    [401, 'AuthenticationError', 'api_unauthorized'],
    [403, 'PermissionDeniedError', 'api_forbidden'],
    [404, 'NotFoundError', 'api_not_found'],
    [409, 'ConflictError', 'api_conflict'],
    [418, 'APIError', 'api_status_unexpected'],
    [422, 'UnprocessableEntityError', 'api_unprocessable'],
    [429, 'RateLimitError', 'api_rate_limited'],
    [500, 'InternalServerError', 'api_server_error'],
    [503, 'InternalServerError', 'api_server_error'],
  ];
  for (const [status, name, code] of kinds) {
    await server.faults({ status, retryAfter: 7, times: 1 });
    const error = await failed(() => client.stream.token.create(video), code);
    assert.equal(error.constructor, streamtoken[name]);
    assert.equal(error.constructor, Client[name]);
    assert.ok(error instanceof Client.APIError && error instanceof streamtoken.ApiError);
    assert.deepEqual([error.name, error.status, error.attempts, error.retryAfter], [name, status, 1, 7]);
    assert.equal(error.errors.length, 1);
    assert.equal(error.toJSON().api.status, status);
    assert.ok(await client.stream.token.create(video));
  }
});

test('an error has the headers that are kept', async () => {
  const headersOf = async (answered) => {
    const fetch = async () => new Response('', { status: 500, headers: { date: 'today', ...answered } });
    const work = () => clientOf({ fetch, maxRetries: 0 }).stream.keys.list();
    return [...(await failed(work, 'api_server_error')).headers];
  };
  assert.deepEqual(await headersOf({}), []);
  assert.deepEqual(await headersOf({ 'cf-ray': 'x'.repeat(200) }), [['cf-ray', `${'x'.repeat(12)}?`]]);
  const both = Object.entries({ 'cf-ray': '8f0-CDG', 'retry-after': '7' });
  assert.deepEqual(await headersOf(Object.fromEntries(both)), both);
  const local = await failed(() => Client.local(signer).stream.keys.list(), 'client_is_local');
  assert.equal(local.headers, undefined);
});

test('the classes descend from each other as in Cloudflare’s client', () => {
  const base = (name) => Object.getPrototypeOf(streamtoken[name]).name;
  const classes = ['BadRequestError', 'AuthenticationError', 'PermissionDeniedError', 'NotFoundError'];
  classes.push('ConflictError', 'UnprocessableEntityError', 'RateLimitError', 'InternalServerError');
  classes.push('APIUserAbortError', 'APIConnectionError');
  for (const name of classes) assert.equal(base(name), 'APIError', name);
  assert.equal(base('APIConnectionTimeoutError'), 'APIConnectionError');
  assert.equal(base('APIError'), 'StreamTokenError');
  const { CloudflareError, StreamTokenError } = streamtoken;
  assert.equal(CloudflareError, StreamTokenError);
  assert.equal(Client.CloudflareError, StreamTokenError);
  assert.equal(StreamTokenError.prototype.name, 'StreamTokenError');
});

test('a broken answer is an error', async () => {
  const { client } = watched();
  const kinds = [
    ['success_false_200', 'api_unsuccessful', 'APIError', 200],
    ['not_json', 'api_response_invalid', 'APIError', 200],
    ['empty', 'api_response_invalid', 'APIError', 200],
    ['truncated', 'api_connection', 'APIConnectionError', undefined],
  ];
  for (const [body, code, name, status] of kinds) {
    await server.faults({ body, times: 1 });
    const error = await failed(() => client.stream.token.create(video), code);
    assert.deepEqual([error.name, error.status], [name, status]);
  }
  await server.faults({ body: 'messages_null', times: 1 });
  assert.ok(await client.stream.token.create(video));
});

test('the client tries again, as often as it is told to', async () => {
  const { client, sent } = watched({ maxRetries: 2 });
  await server.faults({ status: 429, retryAfter: 0, times: 1 }, { close: true, times: 1 });
  verify(await client.stream.token.create(video), await server.keys(), { identifier: video });
  assert.equal(sent.length, 3);
  await server.faults({ status: 503 });
  const once = await failed(
    () => client.stream.token.create(video, {}, { maxRetries: 1 }),
    'api_server_error',
  );
  assert.deepEqual([once.attempts, sent.length], [2, 5]);
  assert.ok(once.message.includes('after 2 attempts'));
});

test('a late answer is a time-out, and a deadline ends it all', async () => {
  const { client, sent } = watched({ maxRetries: 5 });
  await server.faults({ latencyMs: 60_000 });
  const late = await failed(
    () => client.stream.token.create(video, {}, { timeout: 50, maxRetries: 1 }),
    'api_timeout',
  );
  assert.ok(late instanceof Client.APIConnectionTimeoutError);
  assert.deepEqual([late.attempts, sent.length], [2, 2]);
  const over = await failed(() => client.stream.token.create(video, {}, { deadline: 100 }), 'api_timeout');
  assert.equal(over.attempts, 1);
});

test('nothing is sent once the deadline is over', async (t) => {
  const ahead = clockOf(t);
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    return new Response('', { status: 503, headers: { 'retry-after': '0' } });
  };
  const told = [];
  // As when the program does something else for a long time during a pause.
  const logger = { debug: (line) => told.push(line), info: (line) => told.push(line) && ahead(61) };
  const client = clientOf({ fetch, logger, logLevel: 'debug', deadline: 60_000 });
  const error = await failed(() => client.stream.token.create(video), 'api_timeout');
  assert.deepEqual([error.name, error.attempts, sent], ['APIConnectionTimeoutError', 1, 1]);
  assert.match(error.message, /: the deadline is over$/);
  assert.equal(told.length, 1);
});

test('the making of a key is not repeated once it may have arrived', async () => {
  const { client, sent } = watched({ maxRetries: 2 });
  await server.faults({ close: true });
  const error = await failed(() => client.stream.keys.create(), 'api_connection');
  assert.deepEqual([error.attempts, sent.length], [1, 1]);
  assert.ok(error.message.includes('look before you ask again'), error.message);
});

test('a program ends when its calls have', () => {
  const options = { apiToken: server.apiToken, accountId: server.accountId, baseURL: server.baseUrl };
  const source = `
    const { Client } = require(${JSON.stringify(root)});
    const client = new Client(${JSON.stringify(options)});
    client.stream.token.create('v', {}, { timeout: 3_000_000, deadline: 3_000_000 }).then(() => console.log('done'));`;
  const { stdout, stderr, signal } = runNode(source, [], { timeout: 60_000 });
  assert.deepEqual([stdout, signal], ['done\n', null], stderr);
});

test('nothing leaves that the core refuses', async () => {
  const client = clientOf({ fetch: () => assert.fail('it was sent') });
  const { token, keys } = client.stream;
  const refusals = [
    [{ exp: now * 1000 }, 'time_in_milliseconds', '/exp'],
    [{ accessRules: Array(9).fill({ type: 'any', action: 'allow' }) }, 'rules_too_many', '/accessRules'],
    [{ accessRules: null }, 'option_null', '/accessRules'],
    [{ timeFormat: 'number' }, 'option_not_remote', '/time_format'],
    [{ reuseWindow: 60 }, 'option_not_remote', '/reuse_window'],
    [{ id: '0'.repeat(32) }, 'key_not_given', '/pem'],
    [{ misspelt: 1 }, 'option_unknown', '/misspelt'],
    [{ account_id: 'a', accountId: 'b' }, 'json_duplicate_member', '/account_id'],
    [new Map(), 'option_type', undefined],
    [null, 'option_type', undefined],
  ];
  for (const [params, code, field] of refusals) {
    const error = await failed(() => token.create(video, params), code);
    assert.equal(error.field, field, code);
  }
  const ids = [
    '',
    'a/b',
    '.',
    '..',
    'a b',
    '%2e%2e',
    'x'.repeat(33),
    'ü',
    'a\r\nx: y',
    'a\0',
    '\ud800',
    'a?b',
    'a#b',
  ];
  for (const id of ids) {
    await refused(() => token.create(id), 'identifier_invalid', '/identifier');
    await refused(() => token.create(video, { account_id: id }), 'account_id_invalid', '/account_id');
    await refused(() => keys.list({ account_id: id }), 'account_id_invalid', '/account_id');
    if (id.length !== 33) await refused(() => keys.delete(id), 'key_id_invalid', '/id');
    assert.throws(() => clientOf({ accountId: id }), { code: 'account_id_invalid' });
  }
  for (const [options, code, field] of [
    [{ timeout: 0 }, 'option_value', '/timeout'],
    [{ timeout: Number.NaN }, 'option_value', '/timeout'],
    [{ timeout: '5000' }, 'option_type', '/timeout'],
    [{ timeout: 3_600_001 }, 'option_value', '/timeout'],
    [{ deadline: -1 }, 'option_value', '/deadline'],
    [{ maxRetries: 11 }, 'option_value', '/max_retries'],
    [{ maxRetries: 1.5 }, 'option_value', '/max_retries'],
    [{ connectTimeout: 1000 }, 'option_unknown', '/connect_timeout'],
    [{ signal: {} }, 'option_type', '/signal'],
    [{ headers: {} }, 'option_unknown', '/headers'],
    [7, 'option_type', undefined],
  ]) {
    for (const call of [() => token.create(video, {}, options), () => keys.create({}, options)]) {
      await refused(call, code, field);
    }
  }
  assert.match((await failed(() => keys.create({}, { timeout: [] }), 'option_type')).message, /milliseconds/);
});

test('a client is not made of what would end a header or leave the host', async () => {
  const broken = ['a\r\nx-evil: 1', 'a\nb', 'a b', 'a\0', 'ü', '', 'Bearer abc', '\ud800', 'x'.repeat(5000)];
  for (const text of broken) {
    await refused(() => clientOf({ apiToken: text }), 'api_credential_invalid', '/api_token');
    const previous = { apiToken: undefined, apiEmail: 'e@example.com', apiKey: 'k' };
    const withKey = { ...previous, apiKey: text };
    await refused(() => clientOf(withKey), 'api_credential_invalid', '/api_key');
    const withEmail = { ...previous, apiEmail: text };
    await refused(() => clientOf(withEmail), 'api_credential_invalid', '/api_email');
  }
  const urls = [
    'https://a/?x=1',
    'https://a/#x',
    'https://u:p@a/',
    'a',
    'https://',
    'https://a/../b',
    'ftp://a/',
  ];
  for (const baseURL of [...urls, 'https://a/\r\nx: y', 'https://a b/', 'https://ä/', '\ud800']) {
    await refused(() => clientOf({ baseURL }), 'base_url_invalid', '/base_url');
  }
  await refused(() => clientOf({ baseURL: 'http://192.0.2.1/' }), 'base_url_insecure', '/base_url');
  assert.ok(clientOf({ baseURL: 'http://192.0.2.1/', allowHttp: true }));
  const more = [
    [{ fetch: 'fetch' }, 'option_type', '/fetch'],
    [{ logger: {} }, 'option_type', '/logger'],
    [{ logLevel: 'loud' }, 'option_value', '/log_level'],
    [{ logLevel: 5 }, 'option_type', '/log_level'],
    [{ connectTimeout: 1000 }, 'option_unknown', '/connect_timeout'],
    [{ baseURL: 'https://a', baseUrl: 'https://b' }, 'json_duplicate_member', '/base_url'],
    [{ timeout: '1m' }, 'option_type', '/timeout'],
    [{ dispatcher: {} }, 'option_unknown', '/dispatcher'],
  ];
  for (const [options, code, field] of more) await refused(() => clientOf(options), code, field);
  await refused(() => new Client(null), 'option_type', undefined);
  assert.match((await failed(() => clientOf({ connectTimeout: 1 }), 'option_unknown')).message, /fetch/);
});

test('messages name the options of a client as they are written here', async () => {
  const message = async (work) => (await thrown(work)).message;
  const credential = await message(() => new Client());
  assert.match(credential, /give apiToken or set CLOUDFLARE_API_TOKEN/);
  assert.match(credential, /apiEmail and apiKey/);
  assert.match(await message(() => clientOf({ baseURL: 'http://192.0.2.1/' })), /say allowHttp/);
  assert.match(await message(() => clientOf({ apiToken: '' })), /^apiToken is empty/);
  assert.match(await message(() => clientOf({ connectTimeout: 1 })), /^connectTimeout cannot/);
  assert.match(await message(() => clientOf({ logLevel: 'loud' })), /^logLevel is/);
  const unknown = await message(() => clientOf({ misspelt: 1 }));
  assert.match(unknown, / apiToken, apiKey, apiEmail, accountId, baseURL, allowHttp, timeout, /);
  const fetch = async () =>
    Response.json({ errors: [{ message: 'api_token, account_id' }] }, { status: 400 });
  const { token } = clientOf({ fetch }).stream;
  // An option of signing has one text, whoever mints.
  const conflict = { exp: 1, expiresIn: 1 };
  const twice = await message(() => signer.sign(video, conflict));
  assert.equal(await message(() => token.create(video, conflict)), twice);
  assert.equal(await message(() => Client.local(signer).stream.token.create(video, conflict)), twice);
  // What another machine says is about its own members.
  assert.match(await message(() => token.create(video)), /api_token, account_id/);
});
