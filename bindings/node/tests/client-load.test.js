'use strict';

// Many calls at once, and calls that hang: neither leaves anything behind or holds anything up.

const assert = require('node:assert/strict');
const { readdirSync } = require('node:fs');
const { readFile } = require('node:fs/promises');
const { after, before, test } = require('node:test');
const v8 = require('node:v8');
const vm = require('node:vm');
const { clientOf, failed, serve, until } = require('./client-support.js');
const { streamtoken, video } = require('./support.js');
const { startStreamServer } = require('../testing.js');

const { Client, verify } = streamtoken;

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc');

let server;
before(async () => {
  server = await startStreamServer();
});
after(() => server.close());

/** What keeps a process busy: sockets, timers and requests, of which the runner has some of its own. */
function resources() {
  const names = process.getActiveResourcesInfo();
  const count = (pattern) => names.filter((name) => pattern.test(name)).length;
  return { sockets: count(/TCPSocket/), connecting: count(/TCPConnect/), timers: count(/Timeout/) };
}

/** How many threads this process has, where the system says so. */
function threads() {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0;
}

test('a thousand calls at once leave no socket, no timer, no thread and no memory', async () => {
  const start = resources();
  const client = new Client({
    apiToken: server.apiToken,
    accountId: server.accountId,
    baseURL: server.baseUrl,
  });
  const keys = await server.keys();
  const round = async () => {
    const calls = Array.from({ length: 1000 }, (_, index) => client.stream.token.create(`video-${index}`));
    const tokens = await Promise.all(calls);
    const identifiers = new Set(tokens.map((token) => verify(token, keys).sub));
    assert.equal(identifiers.size, 1000);
    collectGarbage();
    return process.memoryUsage().rss;
  };
  // The first rounds fill what is kept: connections, compiled code, the heap.
  await round();
  const settled = await round();
  const running = threads();
  const grown = (await round()) - settled;
  // A kilobyte that every call leaves is a megabyte a round, and what a call handles is twenty.
  assert.ok(grown < 64 << 20, `${grown} bytes more`);
  // Connections are kept open for some seconds, by Node.js and not by us.
  const isOver = () => {
    const { sockets, connecting, timers } = resources();
    return sockets <= start.sockets && connecting === 0 && timers <= start.timers + 1;
  };
  await until(isOver, `an end of ${JSON.stringify(resources())}`);
  assert.ok(threads() <= running, `${threads()} threads instead of ${running}`);
});

test('a thousand calls that are ended leave none either', async (t) => {
  const { asked, baseURL } = await serve(t, () => {});
  const start = resources();
  const running = threads();
  const controller = new AbortController();
  const client = clientOf({ baseURL });
  const calls = Array.from({ length: 1000 }, () =>
    failed(() => client.stream.token.create(video, {}, { signal: controller.signal }), 'api_aborted'),
  );
  await until(() => asked.length === 1000, 'the last request');
  controller.abort();
  await Promise.all(calls);
  const isOver = () => resources().sockets <= start.sockets && resources().timers <= start.timers + 1;
  await until(isOver, `an end of ${JSON.stringify(resources())}`);
  assert.ok(threads() <= running, `${threads()} threads instead of ${running}`);
});

test('while calls hang, files are read', async (t) => {
  let begun = 0;
  const { asked, baseURL } = await serve(t, (response, number) => {
    // Half of them hang before the headers, half in the body.
    if (number % 2 === 0) response.writeHead(200).write('{');
    begun += 1;
  });
  const controller = new AbortController();
  const { signal } = controller;
  const client = clientOf({ baseURL });
  let ended = 0;
  const hang = async () => {
    await failed(() => client.stream.token.create(video, {}, { signal, timeout: 120_000 }), 'api_aborted');
    ended += 1;
  };
  // As many as libuv has threads.
  const calls = [hang(), hang(), hang(), hang()];
  await until(() => begun === 4, 'the last request');
  for (let round = 0; round < 100; round += 1) assert.ok((await readFile(__filename)).length > 1000);
  assert.deepEqual([ended, asked.length], [0, 4]);
  controller.abort();
  await Promise.all(calls);
  assert.equal(ended, 4);
});
