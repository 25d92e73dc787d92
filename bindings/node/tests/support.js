'use strict';

// What several suites need.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const streamtoken = require('../index.js');
const { example } = require('./vectors/format.js');

const root = path.join(__dirname, '../../..');
const key = streamtoken.SigningKey.load(example.pem_base64, { id: example.key_id });
const signer = new streamtoken.Signer(key);
const keys = new streamtoken.KeySet(key);
const video = 'ea95132c15732412d22c1476fa83f27a';

/** The error that `work` throws, or that its promise rejects with. */
async function thrown(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  assert.fail('nothing was thrown');
}

/** Checks that `work` is refused with this code and field, as one of our errors. */
async function refused(work, code, field, note) {
  const error = await thrown(work);
  if (!(error instanceof streamtoken.StreamTokenError)) throw error;
  assert.deepEqual([error.code, error.field], [code, field], note ?? error.message);
  return error;
}

/** Runs a program to its end; its standard output, error and status. */
function run(program, args, options) {
  return spawnSync(program, args, { encoding: 'utf8', cwd: root, ...options });
}

/** Runs a program in JavaScript by this version of Node.js, in a process of its own. */
function runNode(source, flags = [], options = {}) {
  return run(process.execPath, [...flags, '--eval', source], options);
}

module.exports = { example, key, keys, refused, root, run, runNode, signer, streamtoken, thrown, video };
