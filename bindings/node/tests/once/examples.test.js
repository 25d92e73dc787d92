'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { keys, root, run, streamtoken, video } = require('../support.js');
const { env } = require('./project.js');

const forms = {
  JavaScript: (name) => path.join(root, `bindings/node/examples/${name}.mjs`),
  TypeScript: (name) => path.join(root, `target/node/examples/${name}.js`),
};

test('the examples in TypeScript compile', () => {
  const tsc = path.join(root, 'node_modules/.bin/tsc');
  const { status, stdout } = run(tsc, ['--project', path.join(root, 'bindings/node/examples')]);
  assert.equal(status, 0, stdout);
});

for (const [language, file] of Object.entries(forms)) {
  const program = (name, ...args) => run(process.execPath, [file(name), ...args], { env });

  test(`the examples in ${language} mint, verify and print URLs`, () => {
    const token = program('mint', video).stdout.trim();
    const { sub, exp } = streamtoken.verify(token, keys, { identifier: video, country: 'IE' });
    assert.equal(program('verify', token, video, 'GB').stdout, `${sub} ${exp}\n`);
    const blocked = program('verify', token, video, 'FR');
    assert.deepEqual([blocked.status, blocked.stdout], [1, '']);
    assert.match(blocked.stderr, /^error\[blocked_by_rule\]: access rule 2 of 2 blocks this viewer\n$/);
    const urls = program('urls', token, 'f33zs165nr7gyfy4').stdout;
    const expected = Object.entries(streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4').toJSON());
    assert.equal(urls, expected.map(([name, url]) => `${name} ${url}\n`).join(''));
    assert.equal(program('urls', token, 'no code').status, 1);
    assert.equal(program('mint', 'no video').status, 1);
    for (const name of ['mint', 'verify', 'urls']) assert.equal(program(name).status, 2);
  });
}
