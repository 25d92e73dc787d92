// The benchmark of the Node.js package.
//
// node bench.mjs [--quick]   measures everything and prints one JSON object
// node bench.mjs --serve     answers lines {"what", "library", "n"} with {"nanoseconds"}, for a harness that
//                            compares with something outside of this process
//
// A library is measured in blocks of twenty milliseconds, each next to a block of ours, the order changing
// every time; ratios are taken pair by pair.

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { block, root, tools, works } from './works.mjs';

const OURS = 'streamtoken';

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How many times a work is done in a block. */
async function calibrate(work, nanoseconds) {
  let n = 1;
  while ((await block(work, n)) < nanoseconds) n *= 2;
  return n;
}

/** Microseconds of both, and how many times our rate is the other's. */
async function compare(ours, theirs, { nanoseconds, rounds }) {
  const sides = [
    { work: ours, n: await calibrate(ours, nanoseconds), each: [] },
    { work: theirs, n: await calibrate(theirs, nanoseconds), each: [] },
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      side.each.push((await block(side.work, side.n)) / side.n);
    }
  }
  const [us, them] = sides.map(({ each }) => each);
  return {
    ours_us: median(us) / 1000,
    theirs_us: median(them) / 1000,
    rate: median(them.map((time, index) => time / us[index])),
  };
}

/** Milliseconds that requiring a package adds to a process that does nothing. */
function requireTime(place, rounds) {
  const run = (source) => {
    const start = process.hrtime.bigint();
    spawnSync(process.execPath, ['--eval', source], { cwd: root });
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const load = `require(${JSON.stringify(place)})`;
  return median(Array.from({ length: rounds }, () => run(load) - run('')));
}

/** Bytes of the package as it is installed, and of the addon in it. */
function installedSize() {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--silent'], {
    cwd: root,
    encoding: 'utf8',
  });
  const packed = JSON.parse(stdout);
  const { size, unpackedSize, files } = packed[0] ?? packed[OURS];
  const addon = files.find((file) => file.path.endsWith('.node'));
  return { packed: size, installed: unpackedSize, addon: statSync(path.join(root, addon.path)).size };
}

/** What Cloudflare's own client costs, without what it depends on. */
function official(rounds) {
  const place = path.join(tools, 'node_modules/cloudflare');
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const installed = files.reduce(
    (sum, file) => sum + statSync(path.join(file.parentPath ?? file.path, file.name)).size,
    0,
  );
  return { require_ms: requireTime(place, rounds), installed };
}

async function measure(plan) {
  const rows = [];
  for (const [what, libraries] of Object.entries(works)) {
    for (const [library, work] of Object.entries(libraries).filter(([name]) => name !== OURS)) {
      rows.push({ what, library, ...(await compare(libraries[OURS], work, plan)) });
    }
  }
  const ours = { require_ms: requireTime(root, plan.rounds), ...installedSize() };
  return { node: process.version, rows, ...ours, official: official(plan.rounds) };
}

async function serve() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { what, library = OURS, n } = JSON.parse(line);
    console.log(JSON.stringify({ nanoseconds: await block(works[what][library], n) }));
  }
}

if (process.argv.includes('--serve')) {
  await serve();
} else {
  const quick = process.argv.includes('--quick');
  const plan = quick ? { nanoseconds: 1e5, rounds: 2 } : { nanoseconds: 2e7, rounds: 40 };
  console.log(JSON.stringify(await measure(plan)));
}
