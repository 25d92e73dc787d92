'use strict';

/** A refusal by streamtoken: a stable code, the member that it is about, and a sentence for people. */
class StreamTokenError extends Error {
  constructor(message, { code, number, field }) {
    super(message);
    this.code = code;
    this.number = number;
    if (field !== undefined) this.field = field;
  }

  toJSON() {
    const { code, number, field, message } = this;
    return field === undefined ? { code, number, message } : { code, number, field, message };
  }
}

/** Options and arguments: codes 1xx. */
class InputError extends StreamTokenError {}
/** Keys: codes 2xx. */
class SigningKeyError extends StreamTokenError {}
/** Tokens that are refused: codes 3xx. */
class TokenError extends StreamTokenError {}
/** Cloudflare's API and the network: codes 4xx. */
class ApiError extends StreamTokenError {}
/** The token service: codes 5xx. */
class ServiceError extends StreamTokenError {}
/** Faults inside streamtoken: codes 9xx. */
class InternalError extends StreamTokenError {}

const classes = {
  StreamTokenError,
  InputError,
  SigningKeyError,
  TokenError,
  ApiError,
  ServiceError,
  InternalError,
};
for (const [name, value] of Object.entries(classes)) {
  Object.defineProperty(value.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** The class of each group of codes; the core says which group a code is in. */
const byGroup = new Map([
  ['input', InputError],
  ['key', SigningKeyError],
  ['token', TokenError],
  ['api', ApiError],
  ['service', ServiceError],
  ['internal', InternalError],
]);

/** The error that a refusal of the addon describes. */
function toError(refusal) {
  const Class = byGroup.get(refusal.group) ?? StreamTokenError;
  return new Class(refusal.message, refusal);
}

/** The value of an outcome of the addon; throws its refusal. */
function settle(outcome) {
  const refusal = outcome[0];
  if (refusal !== null && refusal !== undefined) throw toError(JSON.parse(refusal));
  return outcome[1];
}

module.exports = { classes, byGroup, settle, toError };
