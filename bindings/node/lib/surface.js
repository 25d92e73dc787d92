'use strict';

const native = require('./native.js');
const { settle } = require('./errors.js');

const { errors, version } = JSON.parse(settle(native.surface()));

/** Every code, frozen. */
const errorCodes = Object.freeze(
  errors.map(({ http_status: httpStatus, exit_code: exitCode, ...code }) =>
    Object.freeze({ ...code, httpStatus, exitCode }),
  ),
);

module.exports = { errorCodes, version };
