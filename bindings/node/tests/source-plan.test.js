'use strict';

// What sources make of the core's plan: how long the API is left alone, chance, and callbacks that go on.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { answer, clientOf, clockOf, serve, until } = require('./client-support.js');
const { signer, streamtoken, thrown, video } = require('./support.js');

const { TokenSource } = streamtoken;

/** A client of a server that fails with each of `statuses`, one after the other, and then gives tokens. */
async function failing(t, statuses, headers = {}) {
  const { asked, baseURL } = await serve(t, async (response, count) => {
    const status = statuses[count - 1];
    for (const [name, value] of Object.entries(status ? headers : {})) response.setHeader(name, value);
    if (status) answer(response, null, status);
    else answer(response, { token: signer.sign(video).token });
  });
  return { asked, client: clientOf({ baseURL, maxRetries: 0 }) };
}

test('without a living token all get the error until the API wants to be asked', async (t) => {
  const ahead = clockOf(t);
  const { asked, client } = await failing(t, [429], { 'retry-after': '30' });
  const heard = [];
  const source = new TokenSource(client, video, { onError: ({ code }) => heard.push(code) });
  const first = await thrown(() => source.token());
  assert.deepEqual([first.code, first.retryAfter], ['api_rate_limited', 30]);
  for (const seconds of [0, 25]) {
    ahead(seconds);
    assert.equal(await thrown(() => source.token()), first);
  }
  assert.deepEqual([asked.length, heard], [1, ['api_rate_limited']], 'nothing was asked, and nothing failed');
  ahead(31);
  assert.equal((await source.token()).identifier, video);
  assert.equal(asked.length, 2);
});

test('a callback that goes on hears nothing of what it brings about', async (t) => {
  const { asked, client } = await failing(t, Array(12).fill(500));
  const found = [];
  const onError = async () => {
    await new Promise(setImmediate);
    found.push(await source.token().catch(({ code }) => code));
    await new Promise(setImmediate);
    found.push('over');
  };
  const source = new TokenSource(client, video, { onError });
  for (const count of [1, 2]) {
    found.length = 0;
    assert.equal((await thrown(() => source.token())).code, 'api_server_error');
    await until(() => found.includes('over'), 'the end of the callback');
    assert.deepEqual(found, ['api_server_error', 'over']);
    assert.equal(asked.length, 2 * count);
    // It is the callback's turn again once its promise is settled.
    await new Promise(setImmediate);
  }
});

/** How many of 64 sources renew in the middle of the time over which renewals are spread. */
async function renewed(ahead) {
  ahead(0);
  const sources = Array.from({ length: 64 }, () => new TokenSource(signer, video, { expiresIn: '1h' }));
  const tokens = await Promise.all(sources.map((source) => source.token()));
  ahead(2736);
  const later = await Promise.all(sources.map((source) => source.token()));
  return later.filter((token, index) => token !== tokens[index]).length;
}

test('chance spreads the renewals of many sources', async (t) => {
  const ahead = clockOf(t);
  // By chance all would do the same once in 2^63 times.
  const count = await renewed(ahead);
  assert.ok(count > 0 && count < 64, `${count} of 64`);
  for (const [random, expected] of [
    [0, 0],
    [0.999, 64],
  ]) {
    const { mock } = t.mock.method(Math, 'random', () => random);
    assert.equal(await renewed(ahead), expected);
    mock.restore();
  }
});
