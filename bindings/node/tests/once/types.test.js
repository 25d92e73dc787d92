'use strict';

const assert = require('node:assert/strict');
const { cpSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { root, run } = require('../support.js');

const tools = process.env.STREAMTOKEN_TOOLS ?? path.join(root, 'target/node/tools');

test('the types are found by every way of finding them', () => {
  // Without the addon, which no type is in.
  const folder = mkdtempSync(path.join(tmpdir(), 'streamtoken-'));
  const entries = ['index', 'testing'].flatMap((name) =>
    ['js', 'mjs', 'd.ts', 'd.mts'].map((end) => `${name}.${end}`),
  );
  const files = [...entries, 'lib', 'bin'];
  cpSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  for (const name of files) {
    const file = `bindings/node/${name}`;
    cpSync(path.join(root, file), path.join(folder, file), { recursive: true });
  }
  const attw = path.join(tools, 'node_modules/.bin/attw');
  const { status, stdout } = run(attw, ['--pack', folder, '--no-color', '--no-emoji']);
  rmSync(folder, { recursive: true });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /No problems found/);
});
