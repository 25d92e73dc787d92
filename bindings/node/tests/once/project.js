'use strict';

// A project of its own that has the package installed.

const assert = require('node:assert/strict');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { example, root, run } = require('../support.js');

/** The published key, as the environment names it. */
const env = {
  ...process.env,
  CLOUDFLARE_STREAM_KEY_FILE: path.join(root, 'crates/streamtoken/vectors/example-key.pem.base64'),
  CLOUDFLARE_STREAM_KEY_ID: example.key_id,
  // A program with tests in it reports to whoever reads it, and not to this runner.
  NODE_TEST_CONTEXT: undefined,
};

/** An empty project with `npm install PATH` done. */
function project() {
  const folder = mkdtempSync(path.join(tmpdir(), 'streamtoken-'));
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const { status, stderr } = run('npm', ['install', '--no-fund', '--no-audit', root], { cwd: folder });
  assert.equal(status, 0, stderr);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

module.exports = { env, project };
