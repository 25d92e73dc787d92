'use strict';

const native = require('./native.js');
const { settle } = require('./errors.js');
const { frozen } = require('./frozen.js');
const { rulesHandle } = require('./rules.js');
const { write, writeOptions } = require('./wire.js');

function lint(rulesOrOptions, options) {
  return frozen(JSON.parse(settle(native.lint(write(rulesOrOptions), writeOptions(options)))));
}

function simulate(rules, viewers) {
  const handle = rulesHandle(rules) ?? settle(native.newRules(write(rules)));
  return frozen(JSON.parse(settle(native.simulate(handle, write(viewers)))));
}

module.exports = { lint, simulate };
