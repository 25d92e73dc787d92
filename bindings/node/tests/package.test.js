'use strict';

const assert = require('node:assert/strict');
const { cpSync, mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { addonFile, candidates, platformName } = require('../lib/platform.js');
const manifest = require('../../../package.json');
const { root, run, runNode } = require('./support.js');

const folder = mkdtempSync(path.join(tmpdir(), 'streamtoken-'));
after(() => rmSync(folder, { recursive: true }));

test('the package and its folder can be required, and the package imported', () => {
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules/streamtoken'));
  writeFileSync(
    path.join(folder, 'import.mjs'),
    `import { version } from 'streamtoken'; console.log(version);`,
  );
  writeFileSync(
    path.join(folder, 'require.cjs'),
    `const same = require('streamtoken') === require(${JSON.stringify(root)});
     import('streamtoken').then(({ Signer }) => console.log(same, Signer === require('streamtoken').Signer));`,
  );
  assert.equal(run(process.execPath, ['import.mjs'], { cwd: folder }).stdout, `${manifest.version}\n`);
  assert.equal(run(process.execPath, ['require.cjs'], { cwd: folder }).stdout, 'true true\n');
});

test('nothing is run at installation, and nothing is depended on', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.optionalDependencies, undefined);
  assert.deepEqual(Object.keys(manifest.scripts), ['build']);
  assert.equal(manifest.name, 'streamtoken');
});

test('on another platform the loader names it, what it looked for, and the build command', () => {
  const elsewhere = path.join(folder, 'elsewhere');
  cpSync(path.join(__dirname, '../lib'), path.join(elsewhere, 'lib'), { recursive: true });
  cpSync(path.join(__dirname, '../index.js'), path.join(elsewhere, 'index.js'));
  const load = (platform, arch) =>
    runNode(`
      Object.defineProperty(process, 'platform', { value: '${platform}' });
      Object.defineProperty(process, 'arch', { value: '${arch}' });
      try { require(${JSON.stringify(elsewhere)}) } catch ({ message }) { console.log(message) }`).stdout;
  const expected = [
    ['darwin', 'arm64', 'darwin-arm64', ['streamtoken.darwin-arm64.node']],
    [
      'linux',
      'arm64',
      'linux-arm64-gnu',
      ['streamtoken.linux-arm64-gnu.node', 'streamtoken.linux-arm64-musl.node'],
    ],
    ['win32', 'x64', 'win32-x64', ['streamtoken.win32-x64.node']],
  ];
  for (const [platform, arch, name, files] of expected) {
    const message = load(platform, arch);
    assert.ok(message.startsWith(`streamtoken: there is no addon for ${name}; looked for `), message);
    for (const file of files) assert.ok(message.includes(file), message);
    assert.ok(message.includes('`npm run build`'), message);
  }
  for (const name of candidates())
    writeFileSync(path.join(elsewhere, path.basename(addonFile(name))), 'no addon');
  const damaged = load(process.platform, process.arch);
  assert.ok(damaged.startsWith('streamtoken: the addon cannot be loaded ('), damaged);
  assert.ok(damaged.includes(`for ${platformName()}; looked for `), damaged);
});
