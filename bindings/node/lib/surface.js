'use strict';

const native = require('./native.js');
const { settle, toError } = require('./errors.js');

const { errors, version } = JSON.parse(settle(native.surface()));

/** Every code, frozen. */
const errorCodes = Object.freeze(
  errors.map(({ http_status: httpStatus, exit_code: exitCode, ...code }) =>
    Object.freeze({ ...code, httpStatus, exitCode }),
  ),
);

/** An error with this code, and the code's own text unless there is a better one. */
function errorOf(code, more) {
  const known = errorCodes.find((one) => one.code === code);
  return toError({ ...known, message: known?.text, ...more });
}

module.exports = { errorCodes, errorOf, version };
