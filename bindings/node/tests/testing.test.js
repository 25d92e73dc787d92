'use strict';

// The token service for tests.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { request } = require('node:http');
const path = require('node:path');
const { after, before, beforeEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { inspect: shown } = require('node:util');
const testing = require('../testing.js');
const { refused, run, runNode, streamtoken, video } = require('./support.js');

const { startStreamServer } = testing;
const { KeySet, SigningKey, inspect, verify } = streamtoken;
const now = 1_537_456_765;
const seconds = () => Math.floor(Date.now() / 1000);
const library = JSON.stringify(path.join(__dirname, '../testing.js'));

let server;
before(async () => {
  server = await startStreamServer();
});
beforeEach(() => server.reset());
after(() => server.close());

/** Asks as any HTTP client does: the status, the headers and the token. */
function ask() {
  const url = `${server.baseUrl}/accounts/${server.accountId}/stream/${video}/token`;
  const headers = { authorization: `Bearer ${server.apiToken}` };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers, agent: false }, async (answer) => {
      const text = (await answer.toArray()).join('');
      const token = answer.statusCode === 200 ? JSON.parse(text).result.token : undefined;
      resolve({ status: answer.statusCode, headers: answer.headers, token });
    });
    asked.once('error', reject);
    asked.end();
  });
}

const issued = async () => Number(inspect((await ask()).token).payload.exp) - 3600;

/** Whether a service answers at all. */
function isUp(url) {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false }, (answer) => {
      answer.resume();
      resolve(true);
    });
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

async function ends(url) {
  for (let i = 0; i < 400 && (await isUp(url)); i += 1) await sleep(50);
  assert.equal(await isUp(url), false, 'it is still there after 20 seconds');
}

test('it hands over what a test needs', async () => {
  const { token } = await ask();
  const claims = verify(token, await server.keys(), { identifier: video });
  assert.equal(claims.kid, server.signingKey.id);
  verify(token, new KeySet(server.signingKey), { identifier: video });
  const { CLOUDFLARE_STREAM_KEY: key, CLOUDFLARE_STREAM_KEY_ID: id } = server.environment;
  assert.equal(SigningKey.load(key, { id }).publicKey.toJwk(), server.signingKey.publicKey.toJwk());
  assert.ok(!shown(server).includes(server.apiToken));
});

test('the clock is set, ahead, and back', async () => {
  await server.setClock(now);
  assert.equal(await issued(), now);
  await server.setClock(new Date(now * 1000 + 999));
  assert.equal(await issued(), now);
  await server.setClock(undefined, { offset: -86_400 });
  assert.ok(Math.abs((await issued()) + 86_400 - seconds()) < 120);
  await server.setClock();
  assert.ok(Math.abs((await issued()) - seconds()) < 120);
});

test('a fault lasts as long as it says', async () => {
  await server.faults({ status: 429, retryAfter: 7, times: 1 });
  const limited = await ask();
  assert.deepEqual([limited.status, limited.headers['retry-after']], [429, '7']);
  assert.equal((await ask()).status, 200);
  await server.faults({ status: 503 });
  for (let i = 0; i < 3; i += 1) assert.equal((await ask()).status, 503);
  await server.faults();
  assert.equal((await ask()).status, 200);
});

test('a reset undoes clock and faults', async () => {
  await server.setClock(now);
  await server.faults({ status: 503 });
  await server.reset();
  assert.ok(Math.abs((await issued()) - seconds()) < 120);
});

test('mistakes are refused as everywhere', async () => {
  const error = await refused(() => server.setClock(-1), 'time_negative', '/now');
  assert.ok(error instanceof streamtoken.InputError);
  await assert.rejects(server.faults({ status: 429 }, { state: 429 }), ({ field }) => field.startsWith('/1'));
  await refused(() => startStreamServer({ timeFormat: 'text' }), 'usage_invalid', undefined);
});

test('it ends when it is told to, once or twice', async () => {
  const other = await startStreamServer();
  assert.ok(await isUp(other.baseUrl));
  await other.close();
  assert.equal(await isUp(other.baseUrl), false);
  await other.close();
  const third = await startStreamServer();
  await third[Symbol.asyncDispose]();
  assert.equal(await isUp(third.baseUrl), false);
});

test('a program that forgets it ends, and it ends too', async () => {
  const program = `require(${library}).startStreamServer().then(({ baseUrl }) => console.log(baseUrl))`;
  const { status, stdout, stderr } = runNode(program, [], { timeout: 60_000 });
  assert.equal(status, 0, stderr);
  await ends(stdout.trim());
});

test('it does not outlive a program that is killed', { timeout: 60_000 }, async () => {
  const program = `require(${library}).startStreamServer().then(({ baseUrl }) => console.log(baseUrl));
    setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  assert.ok(await isUp(line.trim()));
  child.kill('SIGKILL');
  await ends(line.trim());
});

test('settings of another service and proxies do not count', () => {
  const program = `require(${library}).startStreamServer().then(async (server) => {
    await server.keys();
    await server.close();
  })`;
  const env = { ...process.env, STREAMTOKEN_LISTEN: 'no address', HTTP_PROXY: 'http://127.0.0.1:9' };
  const { status, stderr } = runNode(program, [], { env: { ...env, NODE_USE_ENV_PROXY: '1' } });
  assert.equal(status, 0, stderr);
});

test('import and require give the same', () => {
  const program = `import(${JSON.stringify(path.join(__dirname, '../testing.mjs'))}).then((imported) => {
    const required = require(${library});
    const same = Object.keys(required).every((name) => imported[name] === required[name]);
    console.log(same, Object.keys(imported).join());
  })`;
  const { stdout } = run(process.execPath, ['--eval', program]);
  assert.equal(stdout, 'true StreamServer,startStreamServer\n');
});
