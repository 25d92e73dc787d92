import { type Signer, type SigningKey, type SignOptions, StreamTokenError, type Token } from '../index.js';

/** Options of a client, named as in npm `cloudflare`. What is not given is taken from `process.env`. */
export interface ClientOptions {
  /** An API token that may edit Stream. Default: `CLOUDFLARE_API_TOKEN`. */
  readonly apiToken?: string | null | undefined;
  /** The key of the previous scheme, which goes with `apiEmail`. Default: `CLOUDFLARE_API_KEY`. */
  readonly apiKey?: string | null | undefined;
  /** The e-mail address of the previous scheme. Default: `CLOUDFLARE_EMAIL`. */
  readonly apiEmail?: string | null | undefined;
  /** The account of every call that names no other. Default: `CLOUDFLARE_ACCOUNT_ID`. */
  readonly accountId?: string | null | undefined;
  /** Where the API is. Default: `CLOUDFLARE_BASE_URL`, else Cloudflare's own. */
  readonly baseURL?: string | null | undefined;
  /** Takes a base URL with `http://` to another machine, where everybody on the way reads credentials and tokens. */
  readonly allowHttp?: boolean | null | undefined;
  /**
   * How many milliseconds one attempt may take. Default: a minute. The `fetch` of Node.js ends an attempt sooner when it is
   * not connected after 10 s, or when 300 s pass without headers or more of the body: a longer limit needs a `fetch` of yours.
   */
  readonly timeout?: number | null | undefined;
  /** How often a request is sent again when it fails in a way that may pass: 0 to 10. Default: 2. */
  readonly maxRetries?: number | null | undefined;
  /** How many milliseconds a call may take with all its attempts and pauses. Default: no limit. */
  readonly deadline?: number | null | undefined;
  /** What sends the requests. Default: the global `fetch`. */
  readonly fetch?: Fetch | null | undefined;
  /** What is told of attempts. Default: `console`. */
  readonly logger?: Logger | null | undefined;
  /** What the logger is told: retries at `info`, every attempt at `debug`. Default: `CLOUDFLARE_LOG`, else `warn`. */
  readonly logLevel?: LogLevel | null | undefined;
}

/** A function like the global `fetch`, such as one with a proxy. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What `fetch` is called with. */
export interface FetchInit {
  readonly method: string;
  readonly headers: [string, string][];
  readonly body: string | null;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What is read of an answer. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  readonly body: {
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
      cancel(): Promise<void>;
    };
    cancel(): Promise<void>;
  } | null;
}

/** What a logger has. Most logging libraries fit. */
export interface Logger {
  info(message: string, ...rest: unknown[]): void;
  debug(message: string, ...rest: unknown[]): void;
}

export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

/** The account that is asked, unless it is the client's. Two spellings of one option. */
export interface AccountParams {
  readonly account_id?: string | null | undefined;
  readonly accountId?: string | null | undefined;
}

/** A token that is asked for: the options of signing, and those of Cloudflare's endpoint. */
export interface TokenCreateParams extends AccountParams, SignOptions {
  /** The id of the key in `pem`. */
  readonly id?: string | null | undefined;
  /** A private key to sign with, in any form. **A last resort: it is sent over the network.** */
  readonly pem?: string | null | undefined;
}

/** Options of one call, which count instead of the client's. */
export interface RequestOptions {
  /** How many milliseconds one attempt may take; about more than 300,000 see `ClientOptions`. */
  readonly timeout?: number | null | undefined;
  /** How often the request is sent again: 0 to 10. */
  readonly maxRetries?: number | null | undefined;
  /** How many milliseconds the call may take with all its attempts and pauses. */
  readonly deadline?: number | null | undefined;
  /** Ends the call at any moment: the promise rejects at once with `APIUserAbortError`, whose cause is the reason. */
  readonly signal?: AbortSignal | null | undefined;
}

/** Asks Cloudflare's API, or a service that answers the same routes. */
export class Client {
  constructor(options?: ClientOptions);
  /** A client that mints with `signer`, without a network: the same call, the same options. It has no keys to manage. */
  static local(signer: Signer): Client;
  /** What there is about Stream. */
  readonly stream: {
    readonly token: Tokens;
    readonly keys: Keys;
  };
  static readonly CloudflareError: typeof StreamTokenError;
  static readonly APIError: typeof APIError;
  static readonly APIUserAbortError: typeof APIUserAbortError;
  static readonly APIConnectionError: typeof APIConnectionError;
  static readonly APIConnectionTimeoutError: typeof APIConnectionTimeoutError;
  static readonly BadRequestError: typeof BadRequestError;
  static readonly AuthenticationError: typeof AuthenticationError;
  static readonly PermissionDeniedError: typeof PermissionDeniedError;
  static readonly NotFoundError: typeof NotFoundError;
  static readonly ConflictError: typeof ConflictError;
  static readonly UnprocessableEntityError: typeof UnprocessableEntityError;
  static readonly RateLimitError: typeof RateLimitError;
  static readonly InternalServerError: typeof InternalServerError;
}

/** `client.stream.token` */
export interface Tokens {
  /** Asks for a token for `identifier`, a video UID or live-input UID. All is checked before anything is sent. */
  create(
    identifier: string,
    params?: TokenCreateParams | undefined,
    options?: RequestOptions | undefined,
  ): Promise<Token>;
}

/** `client.stream.keys` */
export interface Keys {
  /** Makes a signing key. Its private parts are shown this once. Never sent again once the request may have arrived. */
  create(params?: AccountParams | undefined, options?: RequestOptions | undefined): Promise<CreatedKey>;
  /** All signing keys of the account, without their private parts. */
  list(params?: AccountParams | undefined, options?: RequestOptions | undefined): Promise<ListedKey[]>;
  /** The same, one after the other, as npm `cloudflare` has it. */
  get(params?: AccountParams | undefined, options?: RequestOptions | undefined): AsyncGenerator<ListedKey>;
  /** Deletes a key: **every token signed with it stops working.** Gives the API's word for it. */
  delete(
    id: string,
    params?: AccountParams | undefined,
    options?: RequestOptions | undefined,
  ): Promise<string>;
}

/** A signing key that was just made. No `util.inspect`, `JSON.stringify` or `structuredClone` shows its private parts: save `pem` or `jwk`. */
export class CreatedKey {
  private constructor();
  readonly id: string;
  /** When it was made, in RFC 3339; `null` when the API does not say. */
  readonly created: string | null;
  /** The private key: base64 of a PKCS#1 PEM. */
  get pem(): string;
  /** The private key: base64 of a JWK. */
  get jwk(): string;
  /** What else the answer says: the members that are not known here. */
  get other(): { readonly [name: string]: unknown };
  /** The key to sign with. */
  signingKey(): SigningKey;
}

/** A key in the list of an account's keys, with whatever else the API says of it. */
export interface ListedKey {
  readonly id: string;
  readonly key_id: string;
  /** When it was made, in RFC 3339; `null` when the API does not say. */
  readonly created: string | null;
  readonly [name: string]: unknown;
}

/** Cloudflare's API and the network: codes 4xx. Its subclasses have the names that they have in npm `cloudflare`. */
export class APIError extends StreamTokenError {
  constructor(
    message: string,
    facts: { code: string; number: number; field?: string; api?: ApiFacts | undefined },
  );
  /** The HTTP status; `undefined` where no answer came. */
  readonly status: number | undefined;
  /** Of the answer's headers `cf-ray` and `retry-after`, which is in seconds here; `undefined` where no answer came. */
  get headers(): Headers | undefined;
  /** The errors in the answer. Their texts are another machine's. */
  readonly errors: readonly ApiNotice[];
  /** The messages in the answer. */
  readonly messages: readonly ApiNotice[];
  /** What else stands in the answer's envelope: the members that are not known here. */
  readonly other: { readonly [name: string]: unknown };
  /** A page about the first error. */
  readonly documentationUrl: string | undefined;
  /** The header `cf-ray`: what Cloudflare's support asks for. */
  readonly cfRay: string | undefined;
  /** How many seconds to wait, as the answer says. */
  readonly retryAfter: number | undefined;
  /** How many requests were made. */
  readonly attempts: number;
  toJSON(): { code: string; number: number; field?: string; message: string; api?: ApiFacts };
}

/** What is known of a failed call, as every surface writes it. */
export interface ApiFacts {
  readonly status: number | null;
  readonly errors: readonly ApiNotice[];
  readonly messages: readonly ApiNotice[];
  /** What else stands in the answer's envelope: the members that are not known here. */
  readonly other: { readonly [name: string]: unknown } | null;
  readonly cf_ray: string | null;
  readonly retry_after: number | null;
  readonly attempts: number;
}

/** An error or message of the API, with whatever members it has. */
export interface ApiNotice {
  readonly code?: number;
  readonly message?: string;
  readonly documentation_url?: string;
  readonly source?: { readonly pointer?: string };
  readonly [name: string]: unknown;
}

/** The call was ended by its signal, whose reason is the `cause`. */
export class APIUserAbortError extends APIError {}
/** The connection failed, or its certificate is not accepted. */
export class APIConnectionError extends APIError {}
/** The API did not answer in time. */
export class APIConnectionTimeoutError extends APIConnectionError {}
/** Status 400. */
export class BadRequestError extends APIError {}
/** Status 401. */
export class AuthenticationError extends APIError {}
/** Status 403. */
export class PermissionDeniedError extends APIError {}
/** Status 404. */
export class NotFoundError extends APIError {}
/** Status 409. */
export class ConflictError extends APIError {}
/** Status 422. */
export class UnprocessableEntityError extends APIError {}
/** Status 429. */
export class RateLimitError extends APIError {}
/** Status 500 to 599. */
export class InternalServerError extends APIError {}
