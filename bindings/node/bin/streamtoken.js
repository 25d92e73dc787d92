#!/usr/bin/env node
'use strict';

// The command line, which reads and writes by itself: nothing here touches standard input or output.

const { settle } = require('../lib/errors.js');
const native = require('../lib/native.js');

// Node.js catches these to restore the terminal, and then raises them again. A service that catches them
// too calls the handler that was there before, which would raise them again without an end. Whoever stops
// to listen leaves the default behind: the end of the process.
for (const signal of ['SIGINT', 'SIGTERM']) {
  const listener = () => {};
  process.on(signal, listener).off(signal, listener);
}

process.exitCode = settle(native.run(process.argv.slice(2)));
