'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { example, key, keys, root, run, streamtoken, video } = require('./support.js');

const program = path.join(root, 'bindings/node/bin/streamtoken.js');
const env = {
  ...process.env,
  CLOUDFLARE_STREAM_KEY: example.pem_base64,
  CLOUDFLARE_STREAM_KEY_ID: example.key_id,
};

test('the command line mints, reads standard input, and passes its exit status on', () => {
  const streamtokenCli = (args, options) => run(process.execPath, [program, ...args], { env, ...options });
  assert.equal(streamtokenCli(['--version']).stdout, `streamtoken ${streamtoken.version}\n`);
  const minted = streamtokenCli(['sign', video, '--expires-in', '2h']);
  assert.equal(minted.status, 0);
  assert.equal(streamtoken.verify(minted.stdout.trim(), keys, { identifier: video }).kid, key.id);
  const batch = streamtokenCli(['sign', '--batch', '--quiet'], { input: `{"identifier":"${video}"}\n{}\n` });
  assert.equal(batch.status, 1);
  assert.equal(batch.stdout.split('\n').length, 3);
  const refused = streamtokenCli(['sign', 'no video']);
  assert.deepEqual([refused.status, refused.stdout], [2, '']);
  assert.match(refused.stderr, /^error\[identifier_invalid\]: /);
  assert.equal(streamtokenCli(['sign', video], { env: {} }).status, 3);
});

test('an interrupt ends the command line as it ends any program', async () => {
  const child = spawn(process.execPath, [program, 'sign', '--batch', '--quiet'], { env });
  child.stdin.write(`{"identifier":"${video}"}\n`.repeat(64));
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGINT');
  const signal = await new Promise((resolve) => child.once('exit', (_, name) => resolve(name)));
  assert.equal(signal, 'SIGINT');
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`${signal} ends the service in order`, { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, [program, 'serve', '--dev', '--listen', '127.0.0.1:0', '--json']);
    const ended = once(child, 'exit');
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    assert.ok(line.startsWith('{"base_url":'), line);
    child.kill(signal);
    assert.deepEqual(await ended, [0, null]);
  });
}
