'use strict';

const assert = require('node:assert/strict');
const { getEventListeners } = require('node:events');
const { test } = require('node:test');
const native = require('../lib/native.js');
const { keys, refused, signer, streamtoken, thrown, video } = require('./support.js');

const { InputError, Token } = streamtoken;
const now = 1_537_456_765;

function videos(count, more) {
  return Array.from({ length: count }, (_, index) => ({ identifier: `video-${index}`, ...more }));
}

test('a batch mints what single calls mint, in order', async () => {
  const items = videos(50, { now });
  const tokens = await signer.signMany(items);
  assert.equal(tokens.length, 50);
  for (const [index, token] of tokens.entries()) {
    assert.ok(token instanceof Token);
    const { identifier, ...options } = items[index];
    assert.equal(token.token, signer.sign(identifier, options).token);
    assert.equal(token.token, (await signer.signAsync(identifier, options)).token);
  }
  assert.deepEqual(await signer.signMany([]), []);
});

test('the items of a batch are those of the list, whatever its iterator gives', async () => {
  class Endless extends Array {
    *[Symbol.iterator]() {
      for (let count = 0; count < 1_000_000; count += 1) yield {};
    }
  }
  const items = new Endless();
  items.push({ identifier: video, now });
  const [token, ...others] = await signer.signMany(items);
  assert.deepEqual([token.identifier, others], [video, []]);
  const lines = new Endless();
  lines.push('{}');
  assert.equal(signer.signLines(lines).length, 1);
});

test('one fault in a batch loses nothing else', async () => {
  const items = [
    { identifier: video },
    { identifier: 'no video' },
    {},
    null,
    7,
    [],
    { identifier: video, exp: 1 },
  ];
  const cyclic = { identifier: video, flags: {} };
  cyclic.flags.self = cyclic;
  items.push(cyclic, { identifier: video, flags: new Array(200_000).fill(0) }, { identifier: video });
  const results = await signer.signMany(items, { expiresIn: '2h', now });
  const codes = results.map((result) => (result instanceof Token ? result.exp - now : result.code));
  assert.deepEqual(codes, [
    7200,
    'identifier_invalid',
    'identifier_invalid',
    'option_type',
    'option_type',
    'option_type',
    'exp_not_after_now',
    'json_too_deep',
    'option_too_large',
    7200,
  ]);
  assert.ok(results[1] instanceof InputError && results[1] instanceof Error);
  assert.deepEqual([results[1].number, results[1].field], [110, '/identifier']);
});

test('the options of a batch are its defaults, and are refused as a whole', async () => {
  const [token, own] = await signer.signMany([{ identifier: video }, { identifier: video, expiresIn: 60 }], {
    now,
    expiresIn: '1d',
  });
  assert.deepEqual([token.exp - now, own.exp - now], [86_400, 60]);
  await refused(() => signer.signMany(videos(1), { exp: 'soon' }), 'time_type', '/exp');
  await refused(() => signer.signMany(videos(1), { expire: 1 }), 'option_unknown', '/expire');
  await refused(() => signer.signMany(new Array(100_001)), 'option_too_large', '/items');
  await refused(() => signer.signLines(new Array(100_001)), 'option_too_large', '/lines');
  await refused(() => signer.signMany([], { signal: {} }), 'option_type', '/signal');
  await refused(() => signer.signMany([], { signal: 'now' }), 'option_type', '/signal');
  for (const signal of [undefined, null, new AbortController().signal]) {
    assert.equal((await signer.signMany(videos(2), { signal })).length, 2);
  }
});

test('a batch that was aborted before rejects with the reason, and reads nothing', async () => {
  const reason = { why: 'no viewer' };
  const items = [
    {
      get identifier() {
        return assert.fail('it was read');
      },
    },
  ];
  const signal = AbortSignal.abort(reason);
  assert.equal(await thrown(() => signer.signMany(items, { signal })), reason);
  const { name } = await thrown(() => signer.signMany(items, { signal: AbortSignal.abort() }));
  assert.equal(name, 'AbortError');
});

/** How many tokens each batch ended with: none where it was stopped before its last item was begun. */
function endsOf(t) {
  const ends = [];
  const { signMany } = native;
  t.mock.method(native, 'signMany', async (...given) => {
    const outcome = await signMany(...given);
    ends.push(outcome[1]?.length ?? 0);
    return outcome;
  });
  return ends;
}

test('a batch that is aborted stops between two items', async (t) => {
  const reason = new Error('enough');
  const ends = endsOf(t);
  await signer.signMany(videos(3));
  const late = new AbortController();
  const pending = thrown(() => signer.signMany(videos(20_000), { signal: late.signal }));
  setTimeout(() => late.abort(reason), 20);
  assert.equal(await pending, reason);
  const early = new AbortController();
  const first = {
    get identifier() {
      early.abort(reason);
      return video;
    },
  };
  const items = [first, ...videos(20_000)];
  assert.equal(await thrown(() => signer.signMany(items, { signal: early.signal })), reason);
  assert.deepEqual(ends, [3, 0, 0]);
});

test('one signal may stop many batches, and nothing warns of a leak', async (t) => {
  const warnings = [];
  const note = (warning) => warnings.push(warning);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const reason = new Error('enough');
  const controller = new AbortController();
  const { signal } = controller;
  const eleven = (batch) => Array.from({ length: 11 }, batch);
  const batches = eleven(() => signer.signMany(videos(1), { signal }));
  // Not every version of Node.js warns.
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  for (const [token] of await Promise.all(batches)) assert.equal(token.identifier, 'video-0');
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
  const stopped = eleven(() => thrown(() => signer.signMany(videos(1), { signal })));
  controller.abort(reason);
  assert.deepEqual(new Set(await Promise.all(stopped)), new Set([reason]));
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
  assert.deepEqual(warnings, []);
});

test('a signal that ends afterwards changes nothing', async () => {
  const controller = new AbortController();
  const tokens = await signer.signMany(videos(3), { signal: controller.signal });
  controller.abort();
  assert.equal(tokens.length, 3);
});

test('the event loop goes on while a batch is minted', async (t) => {
  const ends = endsOf(t);
  const controller = new AbortController();
  const pending = thrown(() => signer.signMany(videos(20_000), { signal: controller.signal }));
  // Only a loop that goes on comes to the end of the turns, and stops the batch, before it is minted.
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  assert.equal((await pending).name, 'AbortError');
  assert.deepEqual(ends, [0]);
});

test('lines are answered with lines', async () => {
  const lines = [
    `{"identifier":"${video}","expires_in":"90m"}\r\n`,
    Buffer.from(`{"identifier":"${video}"}\n`),
    '',
    '{"identifier":"a","identifier":"b"}',
    `{"identifier":"${video}\ud800"}`,
    Uint8Array.of(0x22, 0xff, 0x22),
  ];
  const answers = signer.signLines(lines, { now });
  assert.deepEqual(answers, await signer.signLinesAsync(lines, { now }));
  const parsed = answers.map((answer) => JSON.parse(answer));
  assert.deepEqual(
    parsed.map(({ line, error }) => [line, error?.code]),
    [
      [1, undefined],
      [2, undefined],
      [3, 'line_blank'],
      [4, 'json_duplicate_member'],
      [5, 'text_not_utf8'],
      [6, 'text_not_utf8'],
    ],
  );
  assert.equal(parsed[0].token, signer.sign(video, { now, expiresIn: '90m' }).token);
  assert.equal(streamtoken.verify(parsed[1].token, keys, { now }).sub, video);
});
