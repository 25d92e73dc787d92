'use strict';

const assert = require('node:assert/strict');
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { after, test } = require('node:test');
const manifest = require('../../../../package.json');
const { example, root, run, video } = require('../support.js');
const { env, project } = require('./project.js');

const { folder, remove } = project();
after(remove);

/** The fenced blocks of a document. */
function blocks(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  return Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language, source]) => ({
    language,
    source,
  }));
}

const ends = { js: 'mjs', cjs: 'cjs' };

/** Runs a block in the project; its standard output. */
function runBlock({ language, source }, index) {
  if (language === 'sh') return succeed(run('sh', ['-ec', source], { cwd: folder, env }), source);
  const file = `block-${index}.${ends[language]}`;
  writeFileSync(path.join(folder, file), source);
  return succeed(run(process.execPath, [file], { cwd: folder, env }), source);
}

function succeed({ status, stdout, stderr }, source) {
  assert.equal(status, 0, `${source}\n${stderr}`);
  return stdout;
}

const readme = blocks('bindings/node/README.md');
const programs = readme.filter(({ language }) => language in ends || language === 'sh');

test('the blocks of the README run', () => {
  assert.equal(programs.length, 10);
  const outputs = programs.map(runBlock);
  for (const output of outputs) assert.notEqual(output, '');
  assert.match(outputs[0], new RegExp(`\n${video} \\d+\nblocked_by_rule 363 /accessRules/1\n$`));
  assert.match(outputs[1], /^\d+\nidentifier_invalid\n$/);
  assert.equal(outputs[3], `${video}\n`);
  const explained = outputs[5];
  assert.match(explained, /^allow_without_block: access rule 1 restricts nothing/);
  assert.match(explained, /\naccepts accepts\nwarn outlasts_video: .*\nwarn rules_sense: access rule 1 /);
  assert.match(explained, /\nverify: accepts; platform: accepts\n/);
  assert.match(explained, /\n\[\] lifetime_short\nGB allow 0\nFR block 1\n$/);
  assert.match(outputs[6], new RegExp(`\nNotFoundError 404 10003 1\n${example.key_id}\n$`));
  assert.match(outputs[7], /^public, max-age=1\d{4}\n$/);
  assert.match(outputs[8], /pass 2\n/);
});

test('the README ends with the published token, byte for byte', () => {
  const [mint, { language, source }] = readme.slice(-2);
  assert.equal(language, 'text');
  assert.equal(source, `${example.token}\n`);
  assert.equal(runBlock(mint, 'last'), source);
});

test('the commands that the README tells to type are there', () => {
  const typed = readme.filter(({ language }) => language === 'console').map(({ source }) => source);
  assert.equal(typed.length, 3);
  for (const [, script] of typed.join('').matchAll(/npm run (\w+)/g)) assert.ok(script in manifest.scripts);
  const languages = new Set(readme.map(({ language }) => language));
  assert.deepEqual([...languages].sort(), ['cjs', 'console', 'js', 'sh', 'text']);
});

test("the blocks for Node.js in the project's README run", () => {
  const ours = blocks('README.md').filter(({ language }) => language === 'js');
  assert.ok(ours.length > 0);
  for (const [index, block] of ours.entries())
    assert.match(runBlock(block, `top-${index}`), /valid until \d+/);
});
