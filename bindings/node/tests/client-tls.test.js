'use strict';

// The client against `streamtoken serve` over TLS: every route and option, on both sides.

const assert = require('node:assert/strict');
const childProcess = require('node:child_process');
const { createHash } = require('node:crypto');
const { readFileSync, statSync } = require('node:fs');
const { before, test } = require('node:test');
const { promisify } = require('node:util');
const { account, failed, until } = require('./client-support.js');
const { example, root, streamtoken, video } = require('./support.js');

const execFile = promisify(childProcess.execFile);

const { Client, KeySet, Signer, SigningKey, inspect, verify } = streamtoken;
const prefix = '/client/v4/accounts/{account_id}/stream/';

/** What `cargo xtask test` says of the service; its authority must be known when Node.js starts. */
const service = JSON.parse(process.env.STREAMTOKEN_SERVICE_TLS ?? '{}');
let read;
before(() => {
  assert.ok(service.log, 'STREAMTOKEN_SERVICE_TLS is not set: run the tests through `cargo xtask test`');
  read = statSync(service.log).size;
});

/** The next request that the service logs. */
async function logged() {
  let line;
  await until(() => {
    const rest = readFileSync(service.log).subarray(read);
    const end = rest.indexOf(10);
    if (end < 0) return false;
    read += end + 1;
    line = JSON.parse(rest.subarray(0, end));
    return line.message === 'request';
  }, 'a line of the log');
  return { ...line, route: `${line.method} ${line.route.slice(prefix.length)}` };
}

function clientOf(options) {
  const { base_url: baseURL, api_token: apiToken, account_id: accountId } = service;
  return new Client({ baseURL, apiToken, accountId, maxRetries: 0, ...options });
}

/** The public keys, as the service shows them to everybody. */
async function keys() {
  const answer = await fetch(`${service.base_url}/accounts/${service.account_id}/stream/jwks.json`);
  const found = KeySet.fromJwks(await answer.text());
  assert.equal((await logged()).route, 'GET jwks.json');
  return found;
}

const now = Math.floor(Date.now() / 1000);
const later = now + 1800;
const accessRules = [
  { type: 'ip.src', action: 'allow', ip: ['203.0.113.0/24', '2001:db8::/32'] },
  { type: 'ip.geoip.country', action: 'block', country: ['US'] },
  { type: 'any', action: 'allow' },
];
const flags = { original: true };
const times = { exp: later, nbf: now - 5 };
const texts = { exp: String(later), nbf: String(now - 5) };
const limits = { timeout: 50_000, maxRetries: 1, deadline: 100_000 };
const options = [
  [{}, {}],
  [{ exp: later }, { exp: texts.exp }],
  [{ exp: new Date(later * 1000) }, { exp: texts.exp }],
  [{ now: later, expiresIn: '1m' }, { exp: String(later + 60) }],
  [{ nbf: now - 5 }, { nbf: texts.nbf }],
  [{ downloadable: true }, { downloadable: true }],
  [{ accessRules }, { accessRules }],
  [{ flags }, { flags }],
  [{ id: example.key_id, pem: example.pem_base64 }, { kid: example.key_id }],
  [
    { ...times, ...limits, accessRules, downloadable: true, flags },
    { ...texts, accessRules, downloadable: true, flags },
  ],
];

test('every option is signed by the service', async () => {
  const known = await keys();
  for (const [given, signed] of options) {
    const token = await clientOf().stream.token.create(video, given);
    const line = await logged();
    assert.deepEqual([line.route, line.status], ['POST {identifier}/token', 200]);
    assert.deepEqual([line.account, line.identifier], [service.account_id, video]);
    const digest = createHash('sha256').update(String(token)).digest('hex');
    assert.equal(line.token, digest.slice(0, 12));
    const { payload } = inspect(String(token));
    // The service writes times as texts, which no client of ours asked it to.
    const { exp, nbf, sub, kid } = payload;
    assert.deepEqual([typeof exp, typeof nbf, sub], ['string', 'string', video]);
    assert.deepEqual(payload, { exp, nbf, sub, kid, ...signed });
    const facts = { identifier: video, ip: '203.0.113.7', country: 'GB' };
    if (!signed.kid) assert.equal(verify(token, known, facts).kid, token.keyId);
  }
});

test('keys are the service’s until they are deleted', async () => {
  const { stream } = clientOf();
  const asked = async (route, work) => {
    const answer = await work;
    const line = await logged();
    assert.deepEqual([line.route, line.status], [route, 200]);
    return answer;
  };
  const made = await asked('POST keys', stream.keys.create());
  const local = new Signer(made.signingKey()).sign(video);
  assert.equal(verify(local, await keys(), { identifier: video }).kid, made.id);
  for (const form of [made.pem, made.jwk]) assert.equal(SigningKey.load(form, { id: made.id }).id, made.id);
  const listed = await asked('GET keys', stream.keys.list());
  assert.equal(listed.filter(({ id }) => id === made.id).length, 1);
  assert.equal(await asked('DELETE keys/{id}', stream.keys.delete(made.id)), 'Revoked');
  const left = await asked('GET keys', stream.keys.list());
  assert.equal(left.length, listed.length - 1);
  await failed(() => stream.keys.delete(made.id), 'api_not_found');
  assert.equal((await logged()).status, 404);
});

test('credentials and accounts reach the service', async () => {
  const list = (more) => clientOf(more).stream.keys.list();
  await list();
  const { credential } = await logged();
  await list({ apiToken: null, apiEmail: service.api_email, apiKey: service.api_key });
  const previous = await logged();
  assert.equal(previous.status, 200);
  assert.notEqual(previous.credential, credential);
  await failed(() => list({ accountId: 'another' }), 'api_not_found');
  assert.equal((await logged()).account, 'another');
  const create = () => clientOf().stream.token.create(video, { accountId: 'third' });
  await failed(create, 'api_not_found');
  const third = await logged();
  assert.deepEqual([third.account, third.code], ['third', 'account_unknown']);
  await failed(() => list({ apiToken: 'nobody' }), 'api_unauthorized');
  const nobody = await logged();
  assert.deepEqual([nobody.status, nobody.code], [401, 'credential_invalid']);
});

test('nothing is asked of whom no authority vouches for', async () => {
  const source = `
    const { Client } = require(${JSON.stringify(root)});
    const { base_url: baseURL, api_token: apiToken } = ${JSON.stringify(service)};
    const client = new Client({ baseURL, apiToken, accountId: '${account}' });
    client.stream.keys.list().catch(({ name, code, attempts }) => console.log(JSON.stringify([name, code, attempts])));`;
  const { NODE_EXTRA_CA_CERTS, ...env } = process.env;
  const { stdout } = await execFile(process.execPath, ['--eval', source], { env, timeout: 60_000 });
  assert.deepEqual(JSON.parse(stdout), ['APIConnectionError', 'api_tls', 1]);
  const baseURL = service.base_url.replace('localhost', '127.0.0.1');
  await failed(() => clientOf({ baseURL, maxRetries: 2 }).stream.keys.list(), 'api_tls');
  // The first request that it saw is this one.
  await clientOf().stream.token.create(video);
  assert.equal((await logged()).route, 'POST {identifier}/token');
});
