'use strict';

const native = require('./native.js');
const { settle } = require('./errors.js');
const { frozen } = require('./frozen.js');
const { made, onlyMade, redacted, shownAs } = require('./inspect.js');
const { keySetHandle } = require('./keys.js');
const { AccessRules } = require('./rules.js');
const { refuse, text, writeOptions } = require('./wire.js');

/** What most tokens have; made when it is needed, since the first call of the addon takes a while. */
let noRules;

let compact;

/** The warnings of most tokens. */
const none = frozen([]);

class Token {
  #token;
  #warnings;

  constructor(mark, facts) {
    onlyMade(mark, 'Token', 'the sign methods of a Signer or client.stream.token.create');
    this.#token = facts.token;
    this.identifier = facts.identifier;
    this.keyId = facts.keyId;
    this.exp = facts.exp;
    this.nbf = facts.nbf;
    this.renewAt = facts.renewAt;
    this.#warnings = facts.warnings === undefined ? none : frozen(JSON.parse(facts.warnings));
    Object.freeze(this);
  }

  get token() {
    return this.#token;
  }

  get warnings() {
    return this.#warnings;
  }

  toString() {
    return this.#token;
  }

  toJSON() {
    return this.#token;
  }

  [Symbol.toPrimitive](hint) {
    return hint === 'number' ? Number.NaN : this.#token;
  }

  static {
    compact = (value) =>
      typeof value === 'object' && value !== null && #token in value ? value.#token : undefined;
  }
}

/** The text of a token, which may be one of ours. */
function tokenText(token) {
  return compact(token) ?? text(token, 'token');
}

class Claims {
  constructor(mark, facts, rules) {
    onlyMade(mark, 'Claims', 'verify');
    this.sub = facts.sub;
    this.kid = facts.kid;
    this.exp = facts.exp;
    this.nbf = facts.nbf;
    this.downloadable = facts.downloadable;
    this.accessRules = rulesOf(rules);
    this.flags = facts.flags;
    this.other = facts.other;
    Object.freeze(this);
  }
}

function rulesOf(handle) {
  if (handle !== null) return new AccessRules(made, handle);
  noRules ??= new AccessRules([]);
  return noRules;
}

class Unverified {
  constructor(mark, parts) {
    onlyMade(mark, 'Unverified', 'inspect');
    this.header = parts.header;
    this.payload = parts.payload;
    Object.freeze(this);
  }
}

function verify(token, keys, context) {
  const handle = setHandle(keys);
  return claims(native.verify(tokenText(token), handle, writeOptions(context)));
}

async function verifyAsync(token, keys, context) {
  const handle = setHandle(keys);
  return claims(await native.verifyAsync(tokenText(token), handle, writeOptions(context)));
}

function setHandle(keys) {
  return keySetHandle(keys) ?? refuse('a KeySet', keys, 'keys');
}

function claims(outcome) {
  const checked = settle(outcome);
  return new Claims(made, JSON.parse(checked[0]), checked[1]);
}

function inspect(token) {
  return new Unverified(made, JSON.parse(settle(native.inspect(tokenText(token)))));
}

/** Warnings are shown where there are any. */
function shownWarnings(warnings) {
  return warnings.length === 0 ? {} : { warnings };
}

shownAs(Token, (token) => ({ token: redacted, ...token, ...shownWarnings(token.warnings) }));

module.exports = {
  Claims,
  Token,
  Unverified,
  compact,
  inspect,
  shownWarnings,
  tokenText,
  verify,
  verifyAsync,
};
