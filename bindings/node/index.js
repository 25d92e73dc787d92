'use strict';

const { Client, CreatedKey } = require('./lib/client.js');
const { apiClasses, classes } = require('./lib/errors.js');
const { Report, explain, explainAsync } = require('./lib/explain.js');
const { KeySet, PublicKey, SigningKey, describeKey } = require('./lib/keys.js');
const { lint, simulate } = require('./lib/lint.js');
const { AccessRules } = require('./lib/rules.js');
const { Prepared, Signer, prepare } = require('./lib/signer.js');
const { TokenSource } = require('./lib/source.js');
const { errorCodes, version } = require('./lib/surface.js');
const { Claims, Token, Unverified, inspect, verify, verifyAsync } = require('./lib/tokens.js');
const { CustomerCode, PlaybackUrls, playbackUrls, rewrite } = require('./lib/urls.js');

module.exports = {
  ...apiClasses,
  AccessRules,
  ApiError: classes.APIError,
  Claims,
  Client,
  CreatedKey,
  CustomerCode,
  InputError: classes.InputError,
  InternalError: classes.InternalError,
  KeySet,
  PlaybackUrls,
  Prepared,
  PublicKey,
  Report,
  ServiceError: classes.ServiceError,
  Signer,
  SigningKey,
  SigningKeyError: classes.SigningKeyError,
  StreamTokenError: classes.StreamTokenError,
  Token,
  TokenError: classes.TokenError,
  TokenSource,
  Unverified,
  describeKey,
  errorCodes,
  explain,
  explainAsync,
  inspect,
  lint,
  playbackUrls,
  prepare,
  rewrite,
  simulate,
  verify,
  verifyAsync,
  version,
};
