'use strict';

// The table of faults that every surface runs, against the server that makes them.

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { root, streamtoken, thrown, video } = require('./support.js');

const { Client } = streamtoken;
const cases = JSON.parse(readFileSync(path.join(root, 'crates/streamtoken/vectors/client/faults.json')));
const unique = `node${process.pid}x${Date.now().toString(36)}`;

// What this machine says to Cloudflare's clients is not for these tests.
for (const name of Object.keys(process.env)) if (name.startsWith('CLOUDFLARE_')) delete process.env[name];

/** Where the server is. What it is trusted by must be there when Node.js starts: NODE_EXTRA_CA_CERTS. */
const { bases } = JSON.parse(process.env.STREAMTOKEN_FAULTS ?? '{}');

const calls = {
  'token.create': (client) => client.stream.token.create(video),
  'keys.create': (client) => client.stream.keys.create(),
  'keys.list': (client) => client.stream.keys.list(),
  'keys.delete': (client) => client.stream.keys.delete('a-key'),
};

function knowsOnly(object, members, id) {
  for (const name of Object.keys(object)) assert.ok(members.includes(name), `${id}: unknown member ${name}`);
}

/** Options of the table have the names on the wire, and times in seconds. */
function optionsOf({ timeout, max_retries, deadline }) {
  const milliseconds = (seconds) => (seconds === undefined ? undefined : seconds * 1000);
  return { timeout: milliseconds(timeout), maxRetries: max_retries, deadline: milliseconds(deadline) };
}

async function check({ id, base, call, options = {}, expect }) {
  const place = `${id}.${unique}`;
  const client = new Client({
    apiToken: 'an-API-token',
    accountId: 'an-account',
    baseURL: `${bases[base]}/${place}/client/v4`,
    ...optionsOf(options),
  });
  if (expect.done) {
    await calls[call](client);
  } else {
    const error = await thrown(() => calls[call](client));
    if (!(error instanceof Client.APIError)) throw error;
    const { code, number, attempts, status, field } = error;
    const found = { code, number, attempts, status, field };
    const { done, requests, ...wanted } = expect;
    for (const [name, value] of Object.entries(wanted))
      assert.equal(found[name], value, `${id}: ${name}, ${error}`);
  }
  const { requests } = await (await fetch(`${bases.http}/_count/${place}`)).json();
  assert.equal(requests, expect.requests, `${id}: requests`);
}

test('every fault is the error that the table says', async () => {
  assert.ok(bases, 'STREAMTOKEN_FAULTS is not set: run the tests through `cargo xtask test`');
  const known = ['id', 'comment', 'base', 'call', 'options', 'proxy', 'answers', 'expect', 'fetch'];
  const able = cases.filter(({ fetch }) => fetch !== false);
  for (const each of cases) {
    knowsOnly(each, known, each.id);
    knowsOnly(each.options ?? {}, ['timeout', 'connect_timeout', 'max_retries', 'deadline'], each.id);
    knowsOnly(each.expect, ['code', 'number', 'attempts', 'status', 'field', 'requests', 'done'], each.id);
    assert.ok(each.call in calls, `${each.id}: no call ${each.call}`);
    assert.ok(each.base in bases, `${each.id}: no base ${each.base}`);
    // `fetch` by itself knows neither proxies nor a limit for connecting: the table says so. Proxies have a suite.
    if (each.proxy || each.options?.connect_timeout !== undefined) assert.equal(each.fetch, false, each.id);
  }
  const ended = await Promise.allSettled(able.map(check));
  const reasons = ended.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  for (const reason of reasons) console.error(reason.message);
  assert.equal(reasons.length, 0, `${reasons.length} of ${able.length} cases`);
  assert.deepEqual([ended.length, cases.length], [108, 114], 'the table has other cases: count them again');
  console.log(`faults: ${ended.length} of ${cases.length} run on Node.js (${process.version})`);
});
