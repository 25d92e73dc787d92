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
/** Cloudflare's API and the network: codes 4xx. The names below are those of Cloudflare's own client. */
class APIError extends StreamTokenError {
  #api;

  constructor(message, facts) {
    super(message, facts);
    const { api } = facts;
    this.#api = api;
    this.status = api?.status ?? undefined;
    this.errors = api?.errors ?? [];
    this.messages = api?.messages ?? [];
    this.other = api?.other ?? {};
    const page = this.errors[0]?.documentation_url;
    this.documentationUrl = typeof page === 'string' ? page : undefined;
    this.cfRay = api?.cf_ray ?? undefined;
    this.retryAfter = api?.retry_after ?? undefined;
    this.attempts = api?.attempts ?? 0;
  }

  /** As npm `cloudflare` has them, though not all; no member of its own, since `Headers` cannot be cloned. */
  get headers() {
    if (this.status === undefined) return undefined;
    const kept = { 'cf-ray': this.cfRay, 'retry-after': this.retryAfter };
    const known = Object.entries(kept).filter(([, value]) => value !== undefined);
    // What stands for the end of a long text is none that a header can hold.
    return new Headers(known.map(([name, value]) => [name, `${value}`.replace(/[^ -~]/g, '?')]));
  }

  toJSON() {
    const members = super.toJSON();
    return this.#api === undefined ? members : { ...members, api: this.#api };
  }
}

class APIUserAbortError extends APIError {}
class APIConnectionError extends APIError {}
class APIConnectionTimeoutError extends APIConnectionError {}
class BadRequestError extends APIError {}
class AuthenticationError extends APIError {}
class PermissionDeniedError extends APIError {}
class NotFoundError extends APIError {}
class ConflictError extends APIError {}
class UnprocessableEntityError extends APIError {}
class RateLimitError extends APIError {}
class InternalServerError extends APIError {}

/** The token service: codes 5xx. */
class ServiceError extends StreamTokenError {}
/** Faults inside streamtoken: codes 9xx. */
class InternalError extends StreamTokenError {}

/** The classes that Cloudflare's own client has too. */
const apiClasses = {
  APIError,
  APIUserAbortError,
  APIConnectionError,
  APIConnectionTimeoutError,
  BadRequestError,
  AuthenticationError,
  PermissionDeniedError,
  NotFoundError,
  ConflictError,
  UnprocessableEntityError,
  RateLimitError,
  InternalServerError,
};
const classes = {
  StreamTokenError,
  InputError,
  SigningKeyError,
  TokenError,
  ServiceError,
  InternalError,
  ...apiClasses,
};
for (const [name, value] of Object.entries(classes)) {
  Object.defineProperty(value.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** What their classes descend from, by their name for it. Not before: the class has the other name. */
apiClasses.CloudflareError = StreamTokenError;

/** The class of each group of codes; the core says which group a code is in. */
const byGroup = new Map([
  ['input', InputError],
  ['key', SigningKeyError],
  ['token', TokenError],
  ['api', APIError],
  ['service', ServiceError],
  ['internal', InternalError],
]);

/** The class of each code that has one of its own. */
const byCode = new Map([
  ['api_bad_request', BadRequestError],
  ['api_unauthorized', AuthenticationError],
  ['api_forbidden', PermissionDeniedError],
  ['api_not_found', NotFoundError],
  ['api_conflict', ConflictError],
  ['api_unprocessable', UnprocessableEntityError],
  ['api_rate_limited', RateLimitError],
  ['api_server_error', InternalServerError],
  ['api_connection', APIConnectionError],
  ['api_tls', APIConnectionError],
  ['api_timeout', APIConnectionTimeoutError],
  ['api_aborted', APIUserAbortError],
]);

/** The error that a refusal of the addon describes. */
function toError(refusal) {
  const Class = byCode.get(refusal.code) ?? byGroup.get(refusal.group) ?? StreamTokenError;
  return new Class(refusal.message, refusal);
}

/** The value of an outcome of the addon; throws its refusal. */
function settle(outcome) {
  const refusal = outcome[0];
  if (refusal !== null && refusal !== undefined) throw toError(JSON.parse(refusal));
  return outcome[1];
}

module.exports = { apiClasses, byCode, byGroup, classes, settle, toError };
