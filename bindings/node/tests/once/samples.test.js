'use strict';

// The samples that Cloudflare's documentation shows for its own client, with the import line changed alone.

const assert = require('node:assert/strict');
const { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { root, run, streamtoken, video } = require('../support.js');
const { startStreamServer } = require('../../testing.js');

const { verify } = streamtoken;
const tools = process.env.STREAMTOKEN_TOOLS ?? path.join(root, 'target/node/tools');
const compiled = path.join(root, 'target/node/samples');
const now = 1_537_456_765;

const theirImport = "import Cloudflare from 'cloudflare';";
const ourImport = "import { Client as Cloudflare } from 'streamtoken';";

const client = `
const client = new Cloudflare({
  apiToken: process.env['CLOUDFLARE_API_TOKEN'], // This is the default and can be omitted
});
`;
const previousClient = `
const client = new Cloudflare({
  apiEmail: process.env['CLOUDFLARE_EMAIL'], // This is the default and can be omitted
  apiKey: process.env['CLOUDFLARE_API_KEY'], // This is the default and can be omitted
});
`;
const token = `
const token = await client.stream.token.create('ea95132c15732412d22c1476fa83f27a', {
  account_id: '023e105f4ecef8ad9ca31a8372d0c353',
});

console.log(token.token);
`;
const keys = `
const keys = await client.stream.keys.create({
  account_id: '023e105f4ecef8ad9ca31a8372d0c353',
});

console.log(keys.id);
`;
const list = `
// Automatically fetches more pages as needed.
for await (const keyGetResponse of client.stream.keys.get({
  account_id: '023e105f4ecef8ad9ca31a8372d0c353',
})) {
  console.log(keyGetResponse.id);
}
`;
const samples = {
  token: client + token,
  'token-previous': previousClient + token,
  keys: client + keys,
  list: client + list,
};

let server;
let theirs;
before(async () => {
  server = await startStreamServer();
  rmSync(compiled, { recursive: true, force: true });
  mkdirSync(compiled, { recursive: true });
  for (const [name, text] of Object.entries(samples)) {
    writeFileSync(path.join(compiled, `${name}.mts`), ourImport + text);
  }
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    typeRoots: [path.join(root, 'node_modules/@types')],
  };
  const files = Object.keys(samples).map((name) => `${name}.mts`);
  writeFileSync(path.join(compiled, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const { status, stdout } = run(path.join(root, 'node_modules/.bin/tsc'), ['--project', compiled]);
  assert.equal(status, 0, stdout);
  // Where their client is found by its name.
  theirs = mkdtempSync(path.join(tmpdir(), 'streamtoken-'));
  symlinkSync(path.join(tools, 'node_modules'), path.join(theirs, 'node_modules'));
});
after(async () => {
  if (theirs) rmSync(theirs, { recursive: true });
  await server?.close();
});

/** What a sample prints with our client, and with theirs. */
function outputs(name) {
  const ours = path.join(compiled, `${name}.mjs`);
  const text = readFileSync(ours, 'utf8');
  assert.ok(text.startsWith(ourImport));
  const original = path.join(theirs, `${name}.mjs`);
  writeFileSync(original, text.replace(ourImport, theirImport));
  const { CLOUDFLARE_API_TOKEN, ...common } = server.environment;
  const previous = { CLOUDFLARE_EMAIL: server.apiEmail, CLOUDFLARE_API_KEY: server.apiKey };
  const scheme = name === 'token-previous' ? previous : { CLOUDFLARE_API_TOKEN };
  const env = { PATH: process.env.PATH, ...common, ...scheme };
  return [ours, original].map((file) => {
    const { status, stdout, stderr } = run(process.execPath, [file], { env });
    assert.equal(status, 0, stderr);
    return stdout;
  });
}

test('the samples for tokens print what they print with Cloudflare’s client', async () => {
  await server.setClock(now);
  for (const name of ['token', 'token-previous']) {
    const [ours, theirs] = outputs(name);
    assert.equal(ours, theirs);
    assert.equal(verify(ours.trim(), await server.keys(), { identifier: video, now }).exp, now + 3600);
  }
});

test('the samples for keys make and list keys, as with Cloudflare’s client', async () => {
  const made = outputs('keys').map((line) => line.trim());
  assert.equal(new Set(made).size, 2);
  const [ours, theirs] = outputs('list');
  assert.equal(ours, theirs);
  const listed = ours.trim().split('\n');
  for (const id of made) {
    assert.ok(listed.includes(id), `${id} in ${listed}`);
    assert.ok((await server.keys()).get(id));
  }
});
