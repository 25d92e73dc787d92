'use strict';

// An addon built to panic for one identifier: `cargo xtask test` copies a package around it.

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { refused, root, run, signer } = require('./support.js');

const folder = process.env.STREAMTOKEN_PANICS ?? path.join(root, 'target/node/panics');

/** A process with the addon that panics: each work in turn, then a token. */
const program = `
  const s = require(${JSON.stringify(folder)});
  const signer = new s.Signer(s.SigningKey.generate());
  const panic = 'provoke-panic';
  const works = [
    () => signer.sign(panic),
    () => signer.signAsync(panic),
    () => signer.signMany([{ identifier: 'v' }, { identifier: panic }]),
    () => s.explain(panic),
    () => s.explainAsync(panic),
  ];
  (async () => {
    for (const work of works) {
      try {
        await work();
        console.log('no panic');
      } catch (error) {
        console.log(error.name, error.code, error.number, error.message, 'field' in error);
      }
    }
    console.log((await signer.signAsync('v')).identifier, signer.sign('w').identifier);
  })();`;

test('a panic is the error `internal`, in a call and in a task, and the process lives on', () => {
  // A backtrace is hundreds of small writes, some of which are lost where standard error is full and does not block.
  const env = { ...process.env, RUST_BACKTRACE: '0' };
  const { status, stdout, stderr } = run(process.execPath, ['--eval', program], { env });
  const line = 'InternalError internal 900 a fault inside streamtoken; please report it false\n';
  assert.equal(stdout, `${line.repeat(5)}v w\n`, stderr);
  assert.equal(status, 0);
  assert.equal(stderr.match(/panicked at/g)?.length, 5);
});

test('the addon that is shipped has nothing that panics', async () => {
  assert.equal(signer.sign('provoke-panic').identifier, 'provoke-panic');
  await refused(() => signer.sign('provoke panic'), 'identifier_invalid', '/identifier');
});
