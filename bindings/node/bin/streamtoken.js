#!/usr/bin/env node
'use strict';

// The command line, which reads and writes by itself: nothing here touches standard input or output.

const { settle } = require('../lib/errors.js');
const native = require('../lib/native.js');

process.exitCode = settle(native.run(process.argv.slice(2)));
