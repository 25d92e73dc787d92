'use strict';

// The client behind a proxy that the environment names, which newer versions of Node.js take for `fetch`.

const assert = require('node:assert/strict');
const childProcess = require('node:child_process');
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { account, apiToken } = require('./client-support.js');
const { root, video } = require('./support.js');

const execFile = promisify(childProcess.execFile);

/** Where the server of faults is, and proxies that are none. */
const { bases, proxies } = JSON.parse(process.env.STREAMTOKEN_FAULTS ?? '{}');
const cases = JSON.parse(readFileSync(path.join(root, 'crates/streamtoken/vectors/client/faults.json')));
const unique = `proxy${process.pid}x${Date.now().toString(36)}`;
const place = (base, id) => `${bases[base]}/${id}.${unique}/client/v4`;
const own = Object.entries(process.env).filter(([name]) => !/_PROXY$/i.test(name));

/**
 * What becomes of a call by a process of its own, which starts with these variables. It ends with the call, and not
 * with the connection to a proxy, to which `fetch` holds on.
 */
async function outcome(call, options, variables) {
  const source = `
    const { Client } = require(${JSON.stringify(root)});
    const { token, keys } = new Client(${JSON.stringify({ apiToken, accountId: account, ...options })}).stream;
    const facts = ({ code, number, attempts, message }) => ({ code, number, attempts, message });
    const tell = (found) => process.stdout.write(JSON.stringify(found), () => process.exit());
    ${call}.then(() => ({ done: true }), facts).then(tell);`;
  const env = { ...Object.fromEntries(own), ...variables };
  const { stdout } = await execFile(process.execPath, ['--eval', source], { env, timeout: 60_000 });
  return JSON.parse(stdout);
}

const calls = { 'token.create': `token.create('${video}')`, 'keys.create': 'keys.create()' };

async function faulty({ id, base, call, options, proxy, expect }) {
  const { max_retries: maxRetries, ...limits } = options;
  const milliseconds = Object.entries(limits).map(([name, seconds]) => [name, seconds * 1000]);
  const given = { baseURL: place(base, id), maxRetries, ...Object.fromEntries(milliseconds) };
  const variables = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxies[proxy] };
  const { message, ...found } = await outcome(calls[call], given, variables);
  const { requests, ...wanted } = expect;
  assert.deepEqual(found, wanted, `${id}: ${message}`);
  if (proxy === 'down') refusedByProxy(message);
}

/** A name without an address is an error with the same code. */
function refusedByProxy(message) {
  assert.ok(message.includes(`ECONNREFUSED ${new URL(proxies.down).host}`), message);
}

/** A proxy that remembers what it was asked for, as long as the test takes. */
async function startProxy(t) {
  const asked = [];
  const server = createServer();
  server.on('connect', ({ url, headers }, client, head) => {
    asked.push({ url, headers });
    const { hostname, port } = new URL(`https://${url}`);
    const target = net.connect(port, hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
    t.after(() => target.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

// Without the feature there is nothing to test: Node.js 20 needs a library for a proxy.
if (process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) {
  test('what a proxy does wrong is the error that the table says', async () => {
    assert.ok(proxies, 'STREAMTOKEN_FAULTS is not set: run the tests through `cargo xtask test`');
    const proxied = cases.filter(({ base, proxy }) => proxy && base === 'foreign');
    const able = proxied.filter(({ options }) => options.connect_timeout === undefined);
    assert.equal(able.length, 3, 'the table has other cases: count them again');
    await Promise.all(able.map(faulty));
  });

  test('where the proxy is down nothing arrived: the making of a key is repeated', async () => {
    const options = { baseURL: place('foreign', 'key'), maxRetries: 1 };
    const variables = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxies.down };
    const { code, attempts, message } = await outcome(calls['keys.create'], options, variables);
    assert.deepEqual([code, attempts], ['api_connection', 2], message);
    refusedByProxy(message);
  });

  test('a proxy is asked for the host, unless the environment says otherwise', async (t) => {
    const { asked, url } = await startProxy(t);
    const options = { baseURL: place('tls', 'tls'), maxRetries: 0 };
    const { host } = new URL(bases.tls);
    const ask = async (variables) => {
      const found = await outcome(calls['token.create'], options, { HTTPS_PROXY: url, ...variables });
      assert.deepEqual(found, { done: true });
      return asked.map(({ url }) => url);
    };
    assert.deepEqual(await ask({}), []);
    assert.deepEqual(await ask({ NODE_USE_ENV_PROXY: '1', NO_PROXY: 'localhost' }), []);
    assert.deepEqual(await ask({ NODE_USE_ENV_PROXY: '1', NO_PROXY: 'example.com' }), [host]);
    assert.ok(!JSON.stringify(asked).includes(apiToken));
  });
}
