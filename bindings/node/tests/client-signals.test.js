'use strict';

// A call may be ended at any moment, and leaves nothing behind.

const assert = require('node:assert/strict');
const { getEventListeners } = require('node:events');
const { after, test } = require('node:test');
const { answer, clientOf, failed, serve, until } = require('./client-support.js');
const { signer, streamtoken, video } = require('./support.js');

const { Client } = streamtoken;
const token = signer.sign(video).token;
const reason = new Error('the user went away');

// The runner's own timers and pipes are there from the start.
const before = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name)).length;

/** Checks that no timer and no connection is left, and nobody listens any more. */
async function nothingIsLeft(signal) {
  if (signal) assert.deepEqual(getEventListeners(signal, 'abort'), []);
  const left = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCPSOCKET/i.test(name));
  await until(() => left().length <= before + 1, `an end of ${left()}`);
}

/** Ends a call with `end` and looks at its error. */
async function ended(call, controller, attempts) {
  const error = await failed(call, 'api_aborted');
  assert.ok(error instanceof Client.APIUserAbortError && error instanceof Client.APIError);
  assert.deepEqual([error.cause, error.attempts], [reason, attempts]);
  assert.equal(Object.keys(error).includes('cause'), false);
  await nothingIsLeft(controller.signal);
}

test('before it begins, nothing is sent', async () => {
  const controller = new AbortController();
  controller.abort(reason);
  const fetch = () => assert.fail('it was sent');
  await ended(() => clientOf({ fetch }).stream.keys.create({}, { signal: controller.signal }), controller, 0);
  await ended(
    () => Client.local(signer).stream.token.create(video, {}, { signal: controller.signal }),
    controller,
    undefined ?? 0,
  );
});

test('while the answer is awaited, the connection is closed', async (t) => {
  const controller = new AbortController();
  let isClosed = false;
  const { baseURL } = await serve(t, (response) => {
    response.once('close', () => {
      isClosed = true;
    });
    controller.abort(reason);
  });
  const { signal } = controller;
  await ended(() => clientOf({ baseURL }).stream.token.create(video, {}, { signal }), controller, 1);
  await until(() => isClosed, 'the end of the connection');
});

test('in the middle of a body, the connection is closed', async (t) => {
  const controller = new AbortController();
  let isClosed = false;
  const { baseURL } = await serve(t, (response) => {
    response.once('close', () => {
      isClosed = true;
    });
    response.writeHead(200).write('{', () => controller.abort(reason));
  });
  const { signal } = controller;
  await ended(() => clientOf({ baseURL }).stream.token.create(video, {}, { signal }), controller, 1);
  await until(() => isClosed, 'the end of the connection');
});

test('in a pause, nobody waits for its end', async (t) => {
  const controller = new AbortController();
  const { asked, baseURL } = await serve(t, (response) => {
    response.writeHead(503, { 'retry-after': '60', connection: 'close' }).end();
  });
  const logger = { debug: () => {}, info: () => setImmediate(() => controller.abort(reason)) };
  const client = clientOf({ baseURL, logger, logLevel: 'info' });
  await ended(() => client.stream.token.create(video, {}, { signal: controller.signal }), controller, 1);
  assert.equal(asked.length, 1);
});

test('between the end of an attempt and the pause', async () => {
  const controller = new AbortController();
  const fetch = async () => new Response('', { status: 503, headers: { 'retry-after': '60' } });
  const logger = { debug: () => {}, info: () => controller.abort(reason) };
  const client = clientOf({ fetch, logger, logLevel: 'info' });
  await ended(() => client.stream.token.create(video, {}, { signal: controller.signal }), controller, 1);
});

test('a fetch that knows no signal is left alone, and what it brings later thrown away', async () => {
  const controller = new AbortController();
  let bring;
  let isCancelled = false;
  const body = new ReadableStream({
    cancel() {
      isCancelled = true;
    },
  });
  const fetch = () => {
    setImmediate(() => controller.abort(reason));
    return new Promise((resolve) => {
      bring = () => resolve(new Response(body));
    });
  };
  await ended(
    () => clientOf({ fetch }).stream.token.create(video, {}, { signal: controller.signal }),
    controller,
    1,
  );
  bring();
  await until(() => isCancelled, 'the end of the body');
});

test('a body that knows no signal is cancelled', async () => {
  const controller = new AbortController();
  let isCancelled = false;
  const fetch = async () => {
    const body = new ReadableStream({
      pull() {
        setImmediate(() => controller.abort(reason));
        return new Promise(() => {});
      },
      cancel() {
        isCancelled = true;
      },
    });
    return new Response(body);
  };
  await ended(
    () => clientOf({ fetch }).stream.token.create(video, {}, { signal: controller.signal }),
    controller,
    1,
  );
  await until(() => isCancelled, 'the end of the body');
});

test('what a fetch throws after its call was ended is nobody’s concern', async () => {
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on('unhandledRejection', note);
  after(() => process.off('unhandledRejection', note));
  const controller = new AbortController();
  let fail;
  const fetch = () => {
    setImmediate(() => controller.abort(reason));
    return new Promise((_, reject) => {
      fail = reject;
    });
  };
  await ended(
    () => clientOf({ fetch }).stream.token.create(video, {}, { signal: controller.signal }),
    controller,
    1,
  );
  fail(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled, []);
});

test('a fetch that throws while its call is ended', async () => {
  const controller = new AbortController();
  const fetch = () => {
    controller.abort(reason);
    throw new Error('at once');
  };
  await ended(
    () => clientOf({ fetch }).stream.token.create(video, {}, { signal: controller.signal }),
    controller,
    1,
  );
});

test('the making of a key that was ended says that it may have been done', async (t) => {
  const controller = new AbortController();
  const { baseURL } = await serve(t, () => controller.abort(reason));
  const error = await failed(
    () => clientOf({ baseURL }).stream.keys.create({}, { signal: controller.signal }),
    'api_aborted',
  );
  assert.ok(error.message.includes('look before you ask again'), error.message);
});

test('a signal that ends later ends nothing, and one may serve many calls', async (t) => {
  const controller = new AbortController();
  const { signal } = controller;
  const { baseURL } = await serve(t, (response) => answer(response, { token }));
  const client = clientOf({ baseURL });
  const warnings = [];
  const note = (warning) => warnings.push(warning);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const calls = Array.from({ length: 50 }, () => client.stream.token.create(video, {}, { signal }));
  for (const made of await Promise.all(calls)) assert.equal(`${made}`, token);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
  controller.abort(reason);
  await nothingIsLeft(signal);
  assert.deepEqual(warnings, []);
  await Client.local(signer).stream.token.create(video, {}, { signal: new AbortController().signal });
});

test('one signal ends all calls that have it', async (t) => {
  const controller = new AbortController();
  const { signal } = controller;
  const { asked, baseURL } = await serve(t, () => {});
  const client = clientOf({ baseURL });
  const calls = Array.from({ length: 20 }, () =>
    failed(() => client.stream.token.create(video, {}, { signal }), 'api_aborted'),
  );
  await until(() => asked.length === 20, 'the last request');
  controller.abort(reason);
  for (const { cause } of await Promise.all(calls)) assert.equal(cause, reason);
  await nothingIsLeft(signal);
});

test('a signal of a time limit has its reason as cause', async (t) => {
  const { baseURL } = await serve(t, () => {});
  const signal = AbortSignal.timeout(20);
  const error = await failed(
    () => clientOf({ baseURL }).stream.token.create(video, {}, { signal }),
    'api_aborted',
  );
  assert.equal(error.cause.name, 'TimeoutError');
});
