'use strict';

// Cloudflare's own client, unchanged but for its base URL, against our service.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync } = require('node:fs');
const { createRequire } = require('node:module');
const { tmpdir } = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { after, before, beforeEach, test } = require('node:test');
const { startStreamServer } = require('../testing.js');
const { root, run, streamtoken, thrown, video } = require('./support.js');

const tools = process.env.STREAMTOKEN_TOOLS ?? path.join(root, 'target/node/tools');
const Cloudflare = createRequire(path.join(tools, 'package.json'))('cloudflare');

const { KeySet, Signer, SigningKey, inspect, verify } = streamtoken;
const now = 1_537_456_765;

// What this machine says to Cloudflare's client is not for these tests.
for (const name of Object.keys(process.env)) if (name.startsWith('CLOUDFLARE_')) delete process.env[name];

let server;
before(async () => {
  server = await startStreamServer();
});
beforeEach(() => server.reset());
after(() => server.close());

function client(options) {
  const scheme = options?.apiKey ? {} : { apiToken: server.apiToken };
  return new Cloudflare({ baseURL: server.baseUrl, maxRetries: 0, ...scheme, ...options });
}

/** The token that Cloudflare's client gets with these options. */
async function mint(options, settings) {
  const params = { account_id: server.accountId, ...options };
  return (await client(settings).stream.token.create(video, params)).token;
}

test('the token is the one that we mint', async () => {
  await server.setClock(now);
  const token = await mint();
  assert.equal(token, `${new Signer(server.signingKey).sign(video, { now, timeFormat: 'string' })}`);
  assert.equal(verify(token, await server.keys(), { identifier: video, now }).exp, now + 3600);
});

test('every option is in the token', async () => {
  await server.setClock(now);
  const accessRules = [
    { type: 'ip.src', action: 'allow', ip: ['203.0.113.0/24', '2001:db8::/32'] },
    { type: 'ip.geoip.country', action: 'block', country: ['US'] },
    { type: 'any', action: 'allow' },
  ];
  const more = { downloadable: true, accessRules, flags: { original: true } };
  const token = await mint({ exp: now + 600, nbf: now - 60, ...more });
  const { kid, ...payload } = inspect(token).payload;
  assert.equal(kid, server.signingKey.id);
  assert.deepEqual(payload, { sub: video, exp: `${now + 600}`, nbf: `${now - 60}`, ...more });
  verify(token, await server.keys(), { identifier: video, now, ip: '203.0.113.7', download: true });
});

test('a key that comes along signs', async () => {
  const key = SigningKey.generate();
  const token = await mint({ id: key.id, pem: key.toPemBase64() });
  assert.equal(verify(token, new KeySet(key), { identifier: video }).kid, key.id);
});

test('keys are made, listed and deleted', async () => {
  const { keys } = client().stream;
  const account = { account_id: server.accountId };
  const made = await keys.create(account);
  for (const form of [made.pem, made.jwk]) assert.equal(SigningKey.load(form, { id: made.id }).id, made.id);
  const listed = async () => {
    for await (const key of keys.get(account)) if (key.id === made.id) return key;
  };
  assert.deepEqual(await listed(), { id: made.id, key_id: made.id, created: made.created });
  const token = await mint({ id: made.id, pem: made.pem });
  assert.equal(verify(token, await server.keys(), { identifier: video }).kid, made.id);
  assert.equal(await keys.delete(made.id, account), 'Revoked');
  assert.equal(await listed(), undefined);
  assert.equal((await server.keys()).get(made.id), undefined);
  await assert.rejects(keys.delete(made.id, account), Cloudflare.NotFoundError);
});

test('a credential is verified, and the previous scheme works', async () => {
  assert.equal((await client().user.tokens.verify()).status, 'active');
  const scheme = { apiEmail: server.apiEmail, apiKey: server.apiKey };
  verify(await mint({}, scheme), await server.keys(), { identifier: video });
  await assert.rejects(mint({}, { ...scheme, apiKey: '0'.repeat(37) }), Cloudflare.AuthenticationError);
});

test('the client finds all in the environment', async (t) => {
  Object.assign(process.env, server.environment);
  t.after(() => {
    for (const name of Object.keys(server.environment)) delete process.env[name];
  });
  const params = { account_id: process.env.CLOUDFLARE_ACCOUNT_ID };
  const { token } = await new Cloudflare().stream.token.create(video, params);
  verify(token, new KeySet(SigningKey.fromEnv()), { identifier: video });
});

const mistakes = [
  [{ exp: now * 1000 }, '/exp'],
  [{ exp: now + 86_401 }, '/exp'],
  [{ accessRules: Array(9).fill({ type: 'any', action: 'allow' }) }, '/accessRules'],
  [{ accessRules: [{ type: 'any', action: 'deny' }] }, '/accessRules/0/action'],
  [{ downloadable: 'yes' }, '/downloadable'],
  [{ id: '0'.repeat(32) }, '/pem'],
];

test('what the client lets pass is a bad request', async () => {
  await server.setClock(now);
  for (const [options, pointer] of mistakes) {
    await assert.rejects(mint(options), (error) => {
      assert.ok(error instanceof Cloudflare.BadRequestError, error);
      assert.equal(error.errors[0].code, 10005);
      assert.equal(error.error.errors[0].source.pointer, pointer);
      return true;
    });
  }
});

test('a wrong credential and a strange account are refused', async () => {
  await assert.rejects(mint({}, { apiToken: 'wrong' }), Cloudflare.AuthenticationError);
  await assert.rejects(mint({ account_id: '0'.repeat(32) }), Cloudflare.NotFoundError);
});

test('each fault is its error', async () => {
  const kinds = [
    [403, Cloudflare.PermissionDeniedError],
    [409, Cloudflare.ConflictError],
    [422, Cloudflare.UnprocessableEntityError],
    [429, Cloudflare.RateLimitError],
    [500, Cloudflare.InternalServerError],
    [502, Cloudflare.InternalServerError],
    [503, Cloudflare.InternalServerError],
  ];
  for (const [status, Kind] of kinds) {
    await server.faults({ status, retryAfter: 1, times: 1 });
    await assert.rejects(mint(), (error) => {
      assert.equal(error.constructor, Kind);
      assert.equal(error.headers.get('retry-after'), '1');
      return true;
    });
    assert.ok(await mint());
  }
});

test('our errors derive from each other as theirs do', () => {
  const isError = ([, value]) => value?.prototype instanceof Error;
  const theirs = Object.entries(Cloudflare).filter(isError);
  assert.equal(theirs.length, 13);
  const name = (Class) => theirs.find(([, value]) => value === Class)?.[0];
  for (const [each, Theirs] of theirs) {
    const Ours = streamtoken[each];
    assert.equal(streamtoken.Client[each], Ours);
    const above = Object.getPrototypeOf(Theirs);
    assert.equal(Object.getPrototypeOf(Ours), streamtoken[name(above)] ?? Error, each);
  }
});

test('a status is the same error as theirs', async () => {
  const { baseUrl: baseURL, apiToken, accountId } = server;
  const ours = new streamtoken.Client({ baseURL, apiToken, accountId, maxRetries: 0 });
  const ask = [() => mint(), () => ours.stream.token.create(video)];
  for (const status of [400, 401, 403, 404, 408, 409, 418, 422, 429, 500, 503]) {
    const found = [];
    for (const work of ask) {
      await server.faults({ status, retryAfter: 61, times: 1 });
      const error = await thrown(work);
      const { errors, headers } = error;
      const kept = ['retry-after', 'cf-ray'].map((name) => headers.get(name));
      assert.ok(headers instanceof Headers);
      found.push([error.constructor.name, error.status, errors, kept]);
    }
    assert.deepEqual(found[1], found[0]);
  }
  await server.faults({ close: true, times: 2 });
  for (const work of ask) assert.equal((await thrown(work)).headers, undefined);
});

test('a closed connection and a late answer are errors of their own', async () => {
  await server.faults({ close: true, times: 1 });
  await assert.rejects(mint(), (error) => error.constructor === Cloudflare.APIConnectionError);
  await server.faults({ latencyMs: 10_000, times: 1 });
  await assert.rejects(mint({}, { timeout: 200 }), Cloudflare.APIConnectionTimeoutError);
});

test('the client tries again', async () => {
  await server.faults({ status: 429, retryAfter: 1, times: 1 }, { status: 503, times: 1 });
  verify(await mint({}, { maxRetries: 2 }), await server.keys(), { identifier: video });
});

test('what the client makes of a broken answer is no token', async () => {
  for (const body of ['success_false_200', 'not_json', 'empty', 'truncated']) {
    await server.faults({ body, times: 1 });
    assert.equal(await mint().catch(() => undefined), undefined, body);
  }
  await server.faults({ body: 'messages_null', times: 1 });
  assert.ok(await mint());
});

test('with number times jose takes the token', async () => {
  const { createLocalJWKSet, jwtVerify } = await import('jose');
  const numbers = await startStreamServer({ timeFormat: 'number' });
  try {
    const settings = { baseURL: numbers.baseUrl, apiToken: numbers.apiToken };
    const { token } = await client(settings).stream.token.create(video, { account_id: numbers.accountId });
    const keys = await numbers.keys();
    const { payload } = await jwtVerify(token, createLocalJWKSet(JSON.parse(keys.toJwks())));
    assert.equal(payload.sub, video);
    assert.equal(payload.exp, verify(token, keys, { identifier: video }).exp);
  } finally {
    await numbers.close();
  }
});

/** A service with a store, as long as the test takes; and a credential for one video of one account. */
async function startService(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'streamtoken-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const env = {
    ...process.env,
    STREAMTOKEN_STORE: path.join(folder, 'tokens.db'),
    STREAMTOKEN_MASTER_KEY_FILE: path.join(folder, 'master.key'),
  };
  // The command line in the package keeps its store in memory alone.
  const program = process.env.STREAMTOKEN_TEST_PROGRAM;
  const admin = (...args) => {
    const done = run(program, ['admin', ...args], { env });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout.trim();
  };
  for (const account of ['mine', 'theirs']) admin('account', 'create', account);
  const apiToken = admin('token', 'create', '--name', 'test', '--account', 'mine', '--video', video);
  const serve = ['serve', '--json', '--listen', '127.0.0.1:0'];
  const child = spawn(program, serve, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill();
    assert.deepEqual(await ended, [0, null]);
  });
  const [line] = await once(readline.createInterface({ input: child.stdout }), 'line');
  return { apiToken, baseURL: `${JSON.parse(line).listening}/client/v4` };
}

test('a credential reaches what it was made for', async (t) => {
  const { stream } = client(await startService(t));
  const minted = await stream.token.create(video, { account_id: 'mine' });
  assert.equal(inspect(minted.token).payload.sub, video);
  for (const [beyond, reason] of [
    [() => stream.keys.create({ account_id: 'mine' }), /keys\.create/],
    [() => stream.token.create(video, { account_id: 'theirs' }), /does not reach this account/],
    [() => stream.token.create('another', { account_id: 'mine' }), /does not have this video/],
  ]) {
    await assert.rejects(beyond(), (error) => {
      assert.equal(error.constructor, Cloudflare.PermissionDeniedError);
      assert.equal(error.errors[0].code, 10000);
      assert.match(error.message, reason);
      return true;
    });
  }
});
