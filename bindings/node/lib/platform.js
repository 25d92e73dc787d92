'use strict';

const path = require('node:path');

/** Where Node.js runs, as `process.platform`-`process.arch` and, on Linux, the C library. */
function platformName() {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${name}-${libc()}` : name;
}

function libc() {
  const { header } = /** @type {any} */ (process.report.getReport());
  return header.glibcVersionRuntime ? 'gnu' : 'musl';
}

/** The names under which an addon for this platform may lie: asking for the C library takes too long. */
function candidates() {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? [`${name}-gnu`, `${name}-musl`] : [name];
}

/** The file of the addon for the platform `name`. */
function addonFile(name) {
  return path.join(__dirname, '..', `streamtoken.${name}.node`);
}

module.exports = { addonFile, candidates, platformName };
