'use strict';

// What may come back over a connection, and what any function in the place of `fetch` may do.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { account, answer, clientOf, failed, serve, until } = require('./client-support.js');
const { signer, streamtoken, video } = require('./support.js');

const { Client } = streamtoken;
const token = signer.sign(video).token;

/** A `fetch` that answers each request with the next of these, the last one over and over. */
function answers(...list) {
  const asked = [];
  const next = async (url, init) => {
    asked.push({ url, init });
    const one = list[Math.min(asked.length, list.length) - 1];
    if (one instanceof Error) throw one;
    return typeof one === 'function' ? one(url, init) : one;
  };
  return { asked, fetch: next };
}

function json(body, init) {
  return () => new Response(typeof body === 'string' ? body : JSON.stringify(body), init);
}

function done(result) {
  return json({ success: true, errors: [], messages: [], result });
}

test('no redirect is followed', async (t) => {
  for (const status of [301, 302, 303, 307, 308]) {
    const { asked, baseURL } = await serve(t, (response) => {
      response.writeHead(status, { location: '/elsewhere', connection: 'close' }).end();
    });
    const error = await failed(() => clientOf({ baseURL }).stream.token.create(video), 'api_redirect');
    assert.deepEqual([error.status, error.attempts, asked.length], [status, 1, 1]);
  }
});

test('a body without an end is left, and its connection closed', async (t) => {
  let isClosed = false;
  let sent = 0;
  const { asked, baseURL } = await serve(t, async (response) => {
    response.once('close', () => {
      isClosed = true;
    });
    response.writeHead(200, { 'content-type': 'application/json' });
    for (let round = 0; round < 4096 && !isClosed; round += 1) {
      sent += 1 << 16;
      if (!response.write(Buffer.alloc(1 << 16, ' '))) await sleep(1);
    }
    response.end();
  });
  const error = await failed(
    () => clientOf({ baseURL }).stream.token.create(video),
    'api_response_too_large',
  );
  await until(() => isClosed, 'the end of the connection');
  assert.deepEqual([error.attempts, asked.length], [1, 1]);
  assert.ok(sent < 1 << 26, `${sent} bytes were sent`);
});

test('a body of 1 MiB is read, and not a byte more', async () => {
  const whole = JSON.stringify({ success: true, result: { token } });
  for (const [size, code] of [
    [1 << 20, undefined],
    [(1 << 20) + 1, 'api_response_too_large'],
  ]) {
    const client = clientOf({ fetch: answers(json(whole.padEnd(size))).fetch });
    if (code) await failed(() => client.stream.token.create(video), code);
    else assert.equal(`${await client.stream.token.create(video)}`, token);
  }
});

test('an answer is read leniently, and strictly where it matters', async () => {
  const mint = (body, init) =>
    clientOf({ fetch: answers(json(body, init)).fetch }).stream.token.create(video);
  const good = [
    { success: true, result: { token } },
    { success: true, errors: null, messages: null, result: { token, more: 1 }, unknown: [] },
    { success: true, errors: 'none', messages: [7], result: { token } },
  ];
  for (const body of good) assert.equal(`${await mint(body)}`, token);
  const bad = [
    { success: true, result: null },
    { success: true, result: { token: 'x' } },
    { result: { token } },
  ];
  bad.push(
    [],
    'null',
    '',
    '<html>',
    { success: 'true', result: { token } },
    '{"success":true,"success":true}',
  );
  for (const body of bad) await failed(() => mint(body), 'api_response_invalid');
  await failed(() => mint({ success: false, result: { token } }), 'api_unsuccessful');
  await failed(() => mint({ success: true, result: { token } }, { status: 500 }), 'api_server_error');
  await failed(
    () => clientOf({ fetch: answers(() => new Response(null)).fetch }).stream.token.create(video),
    'api_response_invalid',
  );
});

test('an error tells all that the API said', async () => {
  const first = {
    code: 10005,
    message: 'exp is too far',
    documentation_url: 'https://x/y',
    source: { pointer: '/exp' },
  };
  const body = {
    success: false,
    errors: [first, { code: 1, message: 'b' }],
    messages: [{ message: 'm' }],
    result: null,
    result_info: { page: 1 },
  };
  const headers = { 'cf-ray': '8a1b-LHR', 'retry-after': '61' };
  const { asked, fetch } = answers(json(body, { status: 429, headers }));
  const error = await failed(() => clientOf({ fetch }).stream.token.create(video), 'api_rate_limited');
  assert.equal(asked.length, 1, 'nobody waits longer than a minute');
  const { status, errors, messages, other, documentationUrl, cfRay, retryAfter, attempts, field, message } =
    error;
  assert.deepEqual(
    { status, errors, messages, other, documentationUrl, cfRay, retryAfter, attempts, field },
    {
      status: 429,
      errors: body.errors,
      messages: body.messages,
      other: { result_info: { page: 1 } },
      documentationUrl: 'https://x/y',
      cfRay: '8a1b-LHR',
      retryAfter: 61,
      attempts: 1,
      field: '/exp',
    },
  );
  assert.match(message, /429.*exp is too far.*10005/);
  const { code, number, api } = JSON.parse(JSON.stringify(error));
  assert.deepEqual(
    [code, number, api.cf_ray, api.retry_after],
    ['api_rate_limited', error.number, '8a1b-LHR', 61],
  );
});

/** What `fetch` throws in Node.js: an error with the reason as its cause. */
function fetchFailed(code, more) {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error(`it was ${code}`), { code, ...more }),
  });
}

test('what fetch throws says whether the request may have arrived', async () => {
  const [not, maybe] = [false, true];
  const cases = [
    [fetchFailed('ECONNREFUSED'), 'api_connection', not],
    [fetchFailed('ENOTFOUND'), 'api_connection', not],
    [fetchFailed('EAI_AGAIN'), 'api_connection', not],
    [fetchFailed('EHOSTUNREACH'), 'api_connection', not],
    [fetchFailed('ENETUNREACH'), 'api_connection', not],
    [fetchFailed('ECONNRESET'), 'api_connection', maybe],
    [fetchFailed('ECONNRESET', { syscall: 'connect' }), 'api_connection', not],
    [fetchFailed('EPIPE'), 'api_connection', maybe],
    [fetchFailed('UND_ERR_SOCKET'), 'api_connection', maybe],
    [fetchFailed('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), 'api_connection', maybe],
    [fetchFailed('UND_ERR_CONNECT_TIMEOUT'), 'api_timeout', not],
    [fetchFailed('ETIMEDOUT', { syscall: 'connect' }), 'api_timeout', not],
    [fetchFailed('ETIMEDOUT', { syscall: 'read' }), 'api_timeout', maybe],
    [fetchFailed('UND_ERR_HEADERS_TIMEOUT'), 'api_timeout', maybe],
    [fetchFailed('UND_ERR_BODY_TIMEOUT'), 'api_timeout', maybe],
    [Object.assign(new Error('Unable to connect'), { code: 'ConnectionRefused' }), 'api_connection', not],
    [new DOMException('The operation timed out.', 'TimeoutError'), 'api_timeout', maybe],
    [new Error('who knows'), 'api_connection', maybe],
    [new TypeError('fetch failed'), 'api_connection', maybe],
  ];
  const check = async ([thrown, code, mayHaveArrived]) => {
    const { asked, fetch } = answers(thrown);
    const client = clientOf({ fetch, maxRetries: 1 });
    const error = await failed(() => client.stream.keys.create(), code);
    // The making of a key is repeated only when it surely was not seen.
    const times = mayHaveArrived ? 1 : 2;
    assert.deepEqual([error.attempts, asked.length], [times, times], thrown.cause?.code ?? thrown.message);
    assert.equal(
      error.constructor,
      code === 'api_timeout' ? Client.APIConnectionTimeoutError : Client.APIConnectionError,
    );
    const again = answers(thrown);
    await failed(() => clientOf({ fetch: again.fetch, maxRetries: 1 }).stream.token.create(video), code);
    assert.equal(again.asked.length, 2, 'a token may be asked for twice');
  };
  await Promise.all(cases.map(check));
});

test('certificates and what is not HTTP stand at once', async () => {
  const cases = [
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'api_tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'api_tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'api_tls'],
    ['CERT_HAS_EXPIRED', 'api_tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'api_tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'api_tls'],
    ['HPE_INVALID_CONSTANT', 'api_response_invalid'],
    ['UND_ERR_HEADERS_OVERFLOW', 'api_response_invalid'],
  ];
  for (const [code, expected] of cases) {
    const { asked, fetch } = answers(fetchFailed(code));
    const error = await failed(() => clientOf({ fetch }).stream.token.create(video), expected);
    assert.deepEqual([error.attempts, asked.length], [1, 1]);
    assert.ok(error.message.includes(code), error.message);
  }
});

test('what is not HTTP may come without a code', async () => {
  const cause = Object.assign(new Error('no HTTP'), { name: 'HTTPParserError', code: undefined });
  const { fetch } = answers(new TypeError('fetch failed', { cause }));
  await failed(() => clientOf({ fetch }).stream.token.create(video), 'api_response_invalid');
});

test('any function may send, and sees one request at a time as it is', async () => {
  const { asked, fetch } = answers(done({ token }));
  const client = clientOf({ fetch, baseURL: 'https://api.example/client/v4//' });
  assert.equal(`${await client.stream.token.create(video, { downloadable: true })}`, token);
  const [{ url, init }] = asked;
  assert.equal(url, `https://api.example/client/v4/accounts/${account}/stream/${video}/token`);
  assert.deepEqual(Object.keys(init), ['method', 'headers', 'body', 'redirect', 'signal']);
  assert.equal(init.body, '{"downloadable":true}');
  assert.equal(init.signal.aborted, false);
  const rejects = clientOf({
    fetch: () => {
      throw new Error('at once');
    },
    maxRetries: 0,
  });
  await failed(() => rejects.stream.token.create(video), 'api_connection');
});

test('a fetch that gives no answer is one that breaks its word', async () => {
  const odd = [undefined, null, 'text', {}, { status: '200', headers: new Headers(), body: null }];
  odd.push({ status: 200, headers: {}, body: null }, { status: 200, headers: new Map(), body: 'text' });
  for (const [index, one] of odd.entries()) {
    const { asked, fetch } = answers(() => one);
    const error = await failed(() => clientOf({ fetch }).stream.token.create(video), 'api_response_invalid');
    assert.match(error.message, /fetch gave no Response/, index);
    assert.equal(asked.length, 1);
  }
});

test('without one, the global fetch is asked, as it is then', async (t) => {
  const client = clientOf();
  t.mock.method(globalThis, 'fetch', answers(done({ token })).fetch);
  assert.equal(`${await client.stream.token.create(video)}`, token);
});

test('a logger is told of attempts, as much as it wants to know', async (t) => {
  const failing = () =>
    answers(json({}, { status: 503, headers: { 'retry-after': '0' } }), done({ token })).fetch;
  const told = async (options) => {
    const lines = [];
    const log = (level) => (text, attempt) => lines.push({ level, text, attempt });
    const logger = { info: log('info'), debug: log('debug') };
    await clientOf({ fetch: failing(), logger, ...options }).stream.token.create(video);
    return lines;
  };
  const path = `/client/v4/accounts/${account}/stream/${video}/token`;
  const [first, second, ...none] = await told({ logLevel: 'debug' });
  assert.deepEqual([first.level, second.level, none.length], ['info', 'debug', 0]);
  assert.equal(first.text, `streamtoken: POST ${path} attempt 1: 503: api_server_error, again in 0.00 s`);
  assert.deepEqual(second.attempt, {
    method: 'POST',
    path,
    attempt: 2,
    status: 200,
    cf_ray: null,
    error: null,
    pause: null,
  });
  const count = async (options) => (await told(options)).length;
  const counts = { off: 0, error: 0, warn: 0, info: 1, debug: 2 };
  for (const [logLevel, lines] of Object.entries(counts))
    assert.equal(await count({ logLevel }), lines, logLevel);
  assert.equal(await count({}), 0);
  for (const [level, lines] of [
    ['debug', 2],
    ['loud', 0],
    ['', 0],
  ]) {
    process.env.CLOUDFLARE_LOG = level;
    t.after(() => delete process.env.CLOUDFLARE_LOG);
    assert.equal(await count({}), lines, level);
    assert.equal(await count({ logLevel: 'info' }), 1);
  }
  const debug = t.mock.method(console, 'debug', () => {});
  await clientOf({ fetch: answers(done({ token })).fetch, logLevel: 'debug' }).stream.token.create(video);
  assert.equal(debug.mock.callCount(), 1);
  const throws = () => {
    throw new Error('the disk is full');
  };
  const rejects = async () => throws();
  for (const log of [throws, rejects]) {
    const client = clientOf({ fetch: failing(), logger: { info: log, debug: log }, logLevel: 'debug' });
    assert.ok((await client.stream.token.create(video)) instanceof streamtoken.Token);
  }
  // A rejection that nobody took would end the process by now.
  await sleep(1);
});

test('answers over a connection that was kept are answers too', async (t) => {
  const sockets = new Set();
  const { asked, baseURL } = await serve(t, (response, _, request) => {
    sockets.add(request.socket);
    answer(response, { token }, 200, {});
  });
  const client = clientOf({ baseURL });
  for (let round = 0; round < 5; round += 1)
    assert.equal(`${await client.stream.token.create(video)}`, token);
  // Not one: `fetch` opens a second one where the first is not back yet.
  assert.equal(asked.length, 5);
  assert.ok(sockets.size < asked.length, `${sockets.size} connections`);
});
