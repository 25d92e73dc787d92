'use strict';

// What the suites of the client need beside the emulator: a server that says what it is told to, and errors.

const assert = require('node:assert/strict');
const { createServer } = require('node:http');
const { streamtoken, thrown } = require('./support.js');

// What this machine says to Cloudflare's clients is not for these tests.
for (const name of Object.keys(process.env)) if (name.startsWith('CLOUDFLARE_')) delete process.env[name];

const { Client } = streamtoken;
const account = '023e105f4ecef8ad9ca31a8372d0c353';
const apiToken = 'an-API-token-that-nobody-is-to-see-0123';

/** A server on a free port whose answers `handle` writes. It remembers what it was asked, and ends with the test. */
async function serve(t, handle) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    await handle(response, asked.length, request);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const baseURL = `http://127.0.0.1:${server.address().port}/client/v4`;
  return { asked, baseURL, server };
}

/** An answer of the API, which ends its connection unless other headers are given. */
function answer(response, result, status = 200, headers = { connection: 'close' }) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ success: status < 400, errors: [], messages: [], result }));
}

function clientOf(options) {
  return new Client({ apiToken, accountId: account, ...options });
}

/** Lets the wall clock and the monotonic one run ahead by the seconds that the function is given. */
function clockOf(t) {
  const now = Date.now.bind(Date);
  const monotonic = performance.now.bind(performance);
  let ahead = 0;
  t.mock.method(Date, 'now', () => now() + ahead * 1000);
  t.mock.method(performance, 'now', () => monotonic() + ahead * 1000);
  return (seconds) => {
    ahead = seconds;
  };
}

/** The error of a call, which is one of ours with this code. */
async function failed(work, code) {
  const error = await thrown(work);
  if (!(error instanceof streamtoken.StreamTokenError)) throw error;
  assert.equal(error.code, code, error.message);
  return error;
}

/** Waits for something that will be so, and fails when it is not after a long while. */
async function until(isSo, what) {
  for (let round = 0; round < 2000; round += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`${what} never came`);
}

module.exports = { account, answer, apiToken, clientOf, clockOf, failed, serve, until };
