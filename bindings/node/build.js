'use strict';

// `npm run build`: compiles the addon with cargo and puts it where the loader looks.
//
// @napi-rs/cli would do this with a hundred packages; its loader and its types are not used here, since
// the classes of this package are written in JavaScript. `--profile dev` builds fast, and `--workspace`
// together with what else the tests compile.

const { spawnSync } = require('node:child_process');
const { copyFileSync, renameSync } = require('node:fs');
const path = require('node:path');
const { addonFile, platformName } = require('./lib/platform.js');

const args = process.argv.slice(2);
const root = path.join(__dirname, '..', '..');

const built = spawnSync(
  process.env.CARGO ?? 'cargo',
  [
    'build',
    '--message-format=json-render-diagnostics',
    ...(args.includes('--workspace') ? [] : ['--package=streamtoken-node']),
    ...(args.length === 0 ? ['--release', '--locked'] : args),
  ],
  { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
);
if (built.error) throw new Error('cargo cannot be started: install Rust first', { cause: built.error });
if (built.status !== 0) process.exit(built.status ?? 1);

const artifact = built.stdout
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .findLast(({ reason, target }) => reason === 'compiler-artifact' && target.name === 'streamtoken_node');

const file = addonFile(platformName());
// A process that has the old addon loaded keeps it whole.
copyFileSync(artifact.filenames[0], `${file}.new`);
renameSync(`${file}.new`, file);
console.log(`built ${path.relative(root, file)}`);
