'use strict';

// Loads the addon. There is no install script that could fetch or build one.

const { existsSync } = require('node:fs');
const { basename } = require('node:path');
const { addonFile, candidates, platformName } = require('./platform.js');

function load() {
  let cause;
  for (const file of candidates().map(addonFile)) {
    if (!existsSync(file)) continue;
    try {
      return require(file);
    } catch (error) {
      cause = error;
    }
  }
  throw unavailable(cause);
}

function unavailable(cause) {
  const files = candidates().map((name) => basename(addonFile(name)));
  const what = cause ? `the addon cannot be loaded (${cause.message})` : 'there is no addon';
  return new Error(
    `streamtoken: ${what} for ${platformName()}; looked for ${files.join(' and ')} in ${basename(__dirname)}/..; ` +
      'build it on this platform with `npm run build` in the source tree, which needs cargo',
    { cause },
  );
}

module.exports = load();
