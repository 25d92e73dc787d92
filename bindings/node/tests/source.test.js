'use strict';

// Sources of fresh tokens: one renewal for many, the old token while it lives, failures.

const assert = require('node:assert/strict');
const path = require('node:path');
const { after, before, test } = require('node:test');
const util = require('node:util');
const { startStreamServer } = require('../testing.js');
const { answer, clientOf, clockOf, serve, until } = require('./client-support.js');
const native = require('../lib/native.js');
const { keys, refused, root, runNode, signer, streamtoken, thrown, video } = require('./support.js');

const { Client, TokenSource, verify } = streamtoken;

const seconds = () => Math.floor(Date.now() / 1000);

/** A server whose answers are tokens that live so long from now on, or have such a status. */
async function tokens(t, ...answers) {
  const held = [];
  const server = await serve(t, async (response, count) => {
    const next = answers[count - 1] ?? 3600;
    if (next === 'hang') await new Promise((resolve) => held.push(resolve));
    const lifetime = next === 'hang' ? 3600 : next;
    if (lifetime >= 400 && lifetime < 600) answer(response, null, lifetime);
    else answer(response, { token: signer.sign(video, { expiresIn: lifetime }).token });
  });
  const go = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { ...server, go, client: clientOf({ baseURL: server.baseURL, maxRetries: 0 }) };
}

test('a token is kept, and renewed in time', async (t) => {
  const ahead = clockOf(t);
  const begin = seconds();
  for (const way of [signer, Client.local(signer)]) {
    ahead(0);
    const source = new TokenSource(way, video, { expiresIn: '1h', downloadable: true });
    const first = await source.token();
    assert.ok(first.exp - begin >= 3600 && first.exp - begin < 3700);
    verify(first, keys, { identifier: video });
    ahead(2500);
    assert.equal(await source.token(), first);
    ahead(2900);
    assert.notEqual(await source.token(), first, 'a signature takes no time');
  }
});

test('a signature that fails leaves the old token', async (t) => {
  const ahead = clockOf(t);
  const heard = [];
  const source = new TokenSource(signer, video, { onError: ({ code }) => heard.push(code) });
  const first = await source.token();
  ahead(2900);
  const refusal = JSON.stringify({ code: 'internal', number: 900, group: 'internal', message: '' });
  t.mock.method(native, 'sign', () => [refusal, null]);
  assert.equal(await source.token(), first);
  assert.deepEqual(heard, ['internal']);
});

test('a thousand callers get one token of one renewal', async (t) => {
  const server = await tokens(t, 'hang');
  const source = new TokenSource(server.client, video);
  const asked = Array.from({ length: 1000 }, () => source.token());
  await until(() => server.asked.length === 1, 'the request');
  server.go();
  const found = new Set(await Promise.all(asked));
  assert.equal(found.size, 1);
  assert.equal(await source.token(), [...found][0]);
  assert.equal(server.asked.length, 1);
});

test('all who wait get the error, and the callback hears it once', async (t) => {
  const server = await tokens(t, 500, 403);
  const heard = [];
  const source = new TokenSource(server.client, video, { onError: (error) => heard.push(error) });
  const asked = await Promise.allSettled(Array.from({ length: 1000 }, () => source.token()));
  assert.deepEqual(new Set(asked.map(({ reason }) => reason.code)), new Set(['api_server_error']));
  assert.deepEqual([heard.length, server.asked.length], [1, 1]);
  // There is no token to give, so there is no pause.
  assert.equal((await thrown(() => source.token())).code, 'api_forbidden');
  assert.equal((await source.token()).identifier, video);
  assert.deepEqual([heard.length, server.asked.length], [2, 3]);
});

test('the old token is given while it is renewed, and after a failure while it lives', async (t) => {
  const ahead = clockOf(t);
  const server = await tokens(t, 3600, 503, 'hang', 500, 7200);
  const heard = [];
  const source = new TokenSource(server.client, video, { onError: (error) => heard.push(error.status) });
  const first = await source.token();
  ahead(2900);
  assert.equal(await source.token(), first);
  await until(() => heard.length === 1, 'the failure');
  assert.equal(await source.token(), first);
  assert.equal(server.asked.length, 2, 'a pause');
  ahead(2902);
  assert.equal(await source.token(), first);
  await until(() => server.asked.length === 3, 'the next attempt');
  assert.equal(await source.token(), first);
  server.go();
  await until(async () => (await source.token()) !== first, 'the new token');
  const second = await source.token();
  ahead(7000);
  assert.equal((await thrown(() => source.token())).status, 500, 'it is dead');
  assert.ok((await source.token()).exp > second.exp);
  assert.deepEqual(heard, [503, 500]);
});

test('a token that is dead by this clock is refused', async (t) => {
  const ahead = clockOf(t);
  const server = await tokens(t, 3600, 7200);
  ahead(3700);
  const source = new TokenSource(server.client, video);
  assert.equal((await thrown(() => source.token())).code, 'token_expired');
  assert.ok((await source.token()).exp > seconds());
});

test('what the callback throws is a warning, and it may ask the source', async (t) => {
  const warned = [];
  t.mock.method(process, 'emitWarning', (warning) => warned.push(String(warning)));
  const server = await tokens(t, 500, 500, 500, 500);
  const calls = [];
  const onError = () => {
    calls.push(source.token().catch(({ code }) => code));
    // It has no text of its own.
    if (calls.length === 1) throw Object.create(null);
    return Promise.reject(new Error('rejected'));
  };
  const source = new TokenSource(server.client, video, { onError });
  for (const count of [1, 2]) {
    await thrown(() => source.token());
    assert.deepEqual([...new Set(await Promise.all(calls))], ['api_server_error']);
    assert.deepEqual([calls.length, server.asked.length], [count, 2 * count], 'it hears nothing of its own');
  }
  await until(() => warned.length === 2, 'the warning');
  assert.deepEqual(warned, ['[Object: null prototype] {}', 'Error: rejected']);
});

test('what will never do is told at once', async (t) => {
  const server = await tokens(t);
  for (const way of [signer, Client.local(signer), server.client]) {
    const make = (identifier, options) => () => new TokenSource(way, identifier, options);
    await refused(make(video, { exp: 1 }), 'option_value', '/exp');
    await refused(make(video, { now: new Date() }), 'option_value', '/now');
    await refused(make(video, { expiresIn: 90_000 }), 'exp_too_far', '/expires_in');
    await refused(make(video, { flavour: 1 }), 'option_unknown', '/flavour');
    await refused(make(video, { onError: 7 }), 'option_type', '/on_error');
    await refused(make(''), 'identifier_invalid', '/identifier');
    await refused(make(), 'identifier_invalid', '/identifier');
  }
  await refused(
    () => new TokenSource(server.client, video, { reuseWindow: 60 }),
    'option_not_remote',
    '/reuse_window',
  );
  await refused(() => new TokenSource('a signer', video), 'option_type', '/signer_or_client');
  new TokenSource(signer, video, { reuseWindow: 60, onError: null });
  new TokenSource(server.client, video, { timeout: 1000, maxRetries: 1 });
  assert.equal(server.asked.length, 0);
});

test('options are read once', async (t) => {
  const ahead = clockOf(t);
  const accessRules = [{ type: 'any', action: 'block' }];
  const source = new TokenSource(signer, video, { accessRules });
  accessRules.pop();
  await source.token();
  ahead(2900);
  assert.equal(streamtoken.inspect(await source.token()).payload.accessRules.length, 1);
});

test('a source shows no token', async () => {
  const source = new TokenSource(signer, video);
  const { token } = await source.token();
  assert.ok(!`${util.inspect(source)} ${JSON.stringify(source)}`.includes(token));
});

test('a process with a source ends by itself', () => {
  const { status, stdout } = runNode(
    `const { Signer, SigningKey, TokenSource } = require(${JSON.stringify(path.join(root, 'bindings/node'))});
     const source = new TokenSource(new Signer(SigningKey.generate()), 'v');
     source.token().then(({ identifier }) => console.log(identifier));`,
    [],
    { timeout: 60_000 },
  );
  assert.deepEqual([status, stdout], [0, 'v\n']);
});

let service;
before(async () => {
  service = await startStreamServer();
});
after(() => service.close());

test('against the service, with its clock and its faults', async (t) => {
  const ahead = clockOf(t);
  const client = new Client({
    baseURL: service.baseUrl,
    accountId: service.accountId,
    apiToken: service.apiToken,
    maxRetries: 0,
  });
  const heard = [];
  const source = new TokenSource(client, video, { onError: ({ code }) => heard.push(code) });
  await service.faults({ status: 500, times: 1 });
  assert.equal((await thrown(() => source.token())).code, 'api_server_error');
  const first = await source.token();
  verify(first, await service.keys(), { identifier: video });
  // Both clocks go on, and the service has a bad moment.
  await service.setClock(undefined, { offset: 3000 });
  ahead(3000);
  await service.faults({ close: true, times: 1 });
  assert.equal(await source.token(), first);
  await until(() => heard.length === 2, 'the failure');
  assert.deepEqual(heard, ['api_server_error', 'api_connection']);
  assert.equal(await source.token(), first);
  ahead(3010);
  await until(async () => (await source.token()) !== first, 'the new token');
  assert.ok((await source.token()).exp > first.exp + 2900);
});
