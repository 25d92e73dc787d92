'use strict';

const { apiClasses, classes } = require('./lib/errors.js');
const { KeySet, PublicKey, SigningKey, describeKey } = require('./lib/keys.js');
const { AccessRules } = require('./lib/rules.js');
const { Prepared, Signer, prepare } = require('./lib/signer.js');
const { Claims, Token, Unverified, inspect, verify, verifyAsync } = require('./lib/tokens.js');

module.exports = {
  ...apiClasses,
  AccessRules,
  ApiError: classes.APIError,
  Claims,
  InputError: classes.InputError,
  InternalError: classes.InternalError,
  KeySet,
  Prepared,
  PublicKey,
  ServiceError: classes.ServiceError,
  Signer,
  SigningKey,
  SigningKeyError: classes.SigningKeyError,
  StreamTokenError: classes.StreamTokenError,
  Token,
  TokenError: classes.TokenError,
  Unverified,
  describeKey,
  inspect,
  prepare,
  verify,
  verifyAsync,
};

/** Reads a part of the package when one of its names is first asked for: most programs need few of them. */
function later(names, read) {
  for (const name of names) {
    const describe = (value) => ({ ...value, configurable: true, enumerable: true });
    // A test may put something else there.
    const set = (value) => Object.defineProperty(module.exports, name, describe({ value, writable: true }));
    const get = () => set(read()[name])[name];
    Object.defineProperty(module.exports, name, describe({ get, set }));
  }
}

later(['Client', 'CreatedKey'], () => require('./lib/client.js'));
later(['Report', 'explain', 'explainAsync'], () => require('./lib/explain.js'));
later(['lint', 'simulate'], () => require('./lib/lint.js'));
later(['TokenSource'], () => require('./lib/source.js'));
later(['errorCodes', 'version'], () => require('./lib/surface.js'));
later(['CustomerCode', 'PlaybackUrls', 'playbackUrls', 'rewrite'], () => require('./lib/urls.js'));
