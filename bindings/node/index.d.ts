import { APIError } from './lib/client-api.js';
import type { Finding, LintLevel, PrepareOptions, SignerOptions } from './lib/explain-api.js';
import type { UrlOptions } from './lib/url-options.js';

export * from './lib/client-api.js';
export * from './lib/explain-api.js';
export * from './lib/source-api.js';
export type { ThumbnailOptions, UrlOptions, VideoTime } from './lib/url-options.js';

/** A time: whole seconds since the epoch, or a Date, which is floored to the second. */
export type Time = number | bigint | Date;

/** A length of time: whole seconds, or a text such as `90m` or `1h30m` with the units s, m, h and d. */
export type Duration = number | bigint | string;

/** One access rule, as the claim `accessRules` holds it. */
export type AccessRule =
  | { readonly type: 'any'; readonly action: Action }
  | { readonly type: 'ip.src'; readonly action: Action; readonly ip: readonly string[] }
  | { readonly type: 'ip.geoip.country'; readonly action: Action; readonly country: readonly string[] };

/** What a rule does with a viewer who meets its condition. */
export type Action = 'allow' | 'block';

/** Whom a rule is about: addresses and CIDRs, countries, or everybody. */
export type Condition =
  | { readonly ip: readonly string[] }
  | { readonly country: readonly string[] }
  | { readonly any: true };

/** What is known of a viewer. A rule that needs a fact that is not given is refused instead of guessed. */
export interface Viewer {
  /** The bare address, IPv4 or IPv6. An IPv4-mapped one counts as IPv4. */
  readonly ip?: string | null;
  /** Two letters in any case, or `T1`. */
  readonly country?: string | null;
}

/** What the rules say about a viewer, and which rule said it. */
export interface Decision {
  readonly action: Action;
  /** Index of the rule that decided, from 0; `null` when none matched, which allows. */
  readonly rule: number | null;
}

/** Options for minting. `undefined` and `null` mean *not given*, but are refused as `accessRules`: leave it out, or say `[]`. */
export interface SignOptions {
  /** The token is not accepted from this time on: at most 86,400 s after now. Default: now + 3600. */
  readonly exp?: Time | null;
  /** The lifetime from now on, instead of `exp`. */
  readonly expiresIn?: Duration | null;
  /** The token is not accepted before this time. Default: an hour before now. */
  readonly nbf?: Time | null;
  /** Whether the token reaches the MP4 download links. */
  readonly downloadable?: boolean | null;
  /** Who may watch: at most 5 rules, the first match decides, no match means allowed. */
  readonly accessRules?: AccessRules | readonly AccessRule[];
  /** Flags of Cloudflare's API. */
  readonly flags?: { readonly original?: boolean | null } | null;
  /** The time to take for now; a `Client` sends `exp` and `nbf` as they follow from it. Default: the machine's clock. */
  readonly now?: Time | null;
  /** How times are written. Default: `number`, which every JWT library reads. */
  readonly timeFormat?: 'number' | 'string' | null;
  /** Gives all callers within the same window of this many seconds the same bytes. */
  readonly reuseWindow?: number | bigint | null;
}

/** One item of a batch: what it leaves out is taken from the options of the call. */
export interface SignRequest extends SignOptions {
  /** The video UID or live-input UID. */
  readonly identifier: string;
}

/** Options of `signMany`: the defaults of its items, and a signal. */
export interface SignManyOptions extends SignOptions {
  /** Ends the batch between two items; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | null;
}

/** The facts against which `verify` checks a token. */
export interface VerifyOptions {
  /** The video UID that is asked for; `undefined` is refused. Without it, compare `claims.sub` yourself. */
  readonly identifier?: string;
  /** The time to take for now. Default: the machine's clock. */
  readonly now?: Time | null;
  /** The viewer's bare address. */
  readonly ip?: string | null;
  /** The viewer's country. */
  readonly country?: string | null;
  /** How many seconds the clocks of issuer and verifier may differ: 0 (the default) to 300. */
  readonly leeway?: number | bigint | null;
  /** Whether the token is to be used for a download, which it must allow. */
  readonly download?: boolean | null;
}

/** Options of the functions that load keys. */
export interface KeyOptions {
  /** The key id, where the key itself has none. */
  readonly id?: string | null;
}

/** The text of a key: a string, or its bytes, which you may wipe afterwards. */
export type KeyText = string | Uint8Array | ArrayBuffer | SharedArrayBuffer;

/** A private RSA key with its id. It is shown by no `util.inspect`, `JSON.stringify` or error. */
export class SigningKey {
  private constructor();
  /** Reads a private key in whatever form it is at hand, and checks all of it. */
  static load(text: KeyText, options?: KeyOptions): SigningKey;
  /** Reads the key that `process.env` names: `CLOUDFLARE_STREAM_KEY` or `CLOUDFLARE_STREAM_KEY_FILE`, with `CLOUDFLARE_STREAM_KEY_ID`. */
  static fromEnv(): SigningKey;
  /** Makes a key of 2048 bits and an id of 32 random hexadecimal digits. Takes up to some seconds. */
  static generate(): SigningKey;
  /** As `generate`, away from the event loop. */
  static generateAsync(): Promise<SigningKey>;
  /** The key id, which goes into each token as `kid`. */
  get id(): string;
  /** Size of the modulus in bits, from 2048 to 4096. */
  get bits(): number;
  /** The public half, under the same id. */
  get publicKey(): PublicKey;
  /** The key as a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`). */
  toPkcs1Pem(): string;
  /** The key as a PKCS#8 PEM (`BEGIN PRIVATE KEY`). */
  toPkcs8Pem(): string;
  /** The key as a JWK: compact JSON. */
  toJwk(): string;
  /** The `pem` of Cloudflare's `stream/keys` response. */
  toPemBase64(): string;
  /** The `jwk` of Cloudflare's `stream/keys` response. */
  toJwkBase64(): string;
}

/** A public RSA key with its id. */
export class PublicKey {
  private constructor();
  /** Reads a public key: PEM, DER, base64 of either, or a JWK; or the public half of a private one. */
  static load(text: KeyText, options?: KeyOptions): PublicKey;
  /** The key id. */
  get id(): string;
  /** Size of the modulus in bits, from 2048 to 4096. */
  get bits(): number;
  /** The RFC 7638 thumbprint, which names the key whatever its id is. */
  get thumbprint(): string;
  /** The key as an SPKI PEM (`BEGIN PUBLIC KEY`). */
  toPem(): string;
  /** The key as a public JWK: compact JSON. */
  toJwk(): string;
}

/** Public keys by id, for verification: 1 to 1,000. */
export class KeySet implements Iterable<PublicKey> {
  /** A set of these keys; private ones are reduced to their public half. */
  constructor(...keys: readonly (SigningKey | PublicKey)[]);
  /** Reads a JWK set (RFC 7517). */
  static fromJwks(text: KeyText): KeySet;
  /** Reads a JWK set, or one key in any form. */
  static load(text: KeyText, options?: KeyOptions): KeySet;
  /** How many keys there are. */
  get size(): number;
  /** The key called `id`. */
  get(id: string): PublicKey | undefined;
  /** The set as a JWK set of public keys: compact JSON. */
  toJwks(): string;
  [Symbol.iterator](): IterableIterator<PublicKey>;
}

/** What can be told about a key without giving it away. */
export interface KeyInfo {
  /** The form in which the key came, in words. */
  readonly form: string;
  /** Whether it is a private key, which can sign. */
  readonly private: boolean;
  readonly id: string | null;
  readonly bits: number;
  readonly exponent: number;
  /** The RFC 7638 thumbprint. */
  readonly thumbprint: string;
}

/** Runs every check on a key, private or public, and tells what was found. */
export function describeKey(text: KeyText, options?: KeyOptions): KeyInfo;

/** Mints tokens with one key. */
export class Signer {
  constructor(key: SigningKey, options?: SignerOptions);
  /** The key that signs. */
  get key(): SigningKey;
  /** What to do when rules or options are probably not meant. */
  get lint(): LintLevel;
  /** Mints a token for `identifier`, a video UID or live-input UID. */
  sign(identifier: string, options?: SignOptions): Token;
  /** As `sign`, away from the event loop. */
  signAsync(identifier: string, options?: SignOptions): Promise<Token>;
  /** Mints up to 100,000 tokens on all cores, in the order of `items`. An error of one never loses the others. */
  signMany(items: readonly SignRequest[], options?: SignManyOptions): Promise<(Token | StreamTokenError)[]>;
  /** Mints one token a line of JSON, of up to 100,000 lines, and answers each with a line: `{"line", "token"}`, with `warnings` where there are some, or `{"line", "error"}`. */
  signLines(lines: readonly (string | Uint8Array)[], options?: SignOptions): string[];
  /** As `signLines`, away from the event loop. */
  signLinesAsync(lines: readonly (string | Uint8Array)[], options?: SignOptions): Promise<string[]>;
}

/** A signed URL token, minted here or by the API. `util.inspect` does not show its text: whoever has it can watch. */
export class Token {
  private constructor();
  /** The compact form. */
  get token(): string;
  /** The video UID or live-input UID that the token is for. */
  readonly identifier: string;
  /** The id of the key that signed it. */
  readonly keyId: string;
  /** The token is not accepted from this time on, in epoch seconds. */
  readonly exp: number;
  /** The token is not accepted before this time, in epoch seconds. */
  readonly nbf: number;
  /** When to mint the next one, in epoch seconds. */
  readonly renewAt: number;
  /**
   * What the rules and options probably do not mean, frozen; empty at the lint level `off`. A token of the API has
   * the warnings about the options that were sent, at the level `warn`.
   */
  get warnings(): readonly Finding[];
  toString(): string;
  toJSON(): string;
  [Symbol.toPrimitive](hint: string): string | number;
}

/** Prepares a token for `identifier` that the private half of `publicKey` is to sign: in a KMS, an HSM or WebCrypto. */
export function prepare(publicKey: PublicKey, identifier: string, options?: PrepareOptions): Prepared;

/** A token that lacks its signature. */
export class Prepared {
  private constructor();
  /** What is to be signed with RSASSA-PKCS1-v1_5 and SHA-256. */
  get signingInput(): string;
  /** What the rules and options probably do not mean, as the token will tell it. */
  get warnings(): readonly Finding[];
  /** Checks the signature with the public key and completes the token. */
  finish(signature: Uint8Array | ArrayBuffer | SharedArrayBuffer): Token;
}

/** Checks a token and returns its claims. Without `identifier`, compare `claims.sub` with the video that is asked for. */
export function verify(token: string | Token, keys: KeySet, options?: VerifyOptions): Claims;

/** As `verify`, away from the event loop. */
export function verifyAsync(token: string | Token, keys: KeySet, options?: VerifyOptions): Promise<Claims>;

/** What a verified token says. Only `verify` makes one. */
export class Claims {
  private constructor();
  /** The video UID or live-input UID that the token is for. */
  readonly sub: string;
  /** The id of the key that signed the token. */
  readonly kid: string;
  /** The token is not accepted from this time on, in epoch seconds. */
  readonly exp: number;
  /** The token is not accepted before this time; `null` when the token does not say. */
  readonly nbf: number | null;
  /** Whether the token reaches the MP4 download links. */
  readonly downloadable: boolean;
  /** The access rules, which were evaluated for the viewer. */
  readonly accessRules: AccessRules;
  readonly flags: { readonly original?: boolean };
  /** All claims that have no meaning here, as `JSON.parse` reads them: it rounds integers beyond 2^53. */
  readonly other: { readonly [name: string]: unknown };
}

/** Takes a token apart without checking it. */
export function inspect(token: string | Token): Unverified;

/** What a token says of itself. **Nothing was checked.** */
export class Unverified {
  private constructor();
  readonly header: { readonly [name: string]: unknown };
  readonly payload: { readonly [name: string]: unknown };
}

/** The access rules of a token: at most 5, read first to last; the first that matches decides. */
export class AccessRules {
  constructor(rules: readonly AccessRule[] | AccessRules);
  /** Reads the rules from the text of the JSON list that the claim holds. */
  static parse(text: string | Uint8Array): AccessRules;
  /** Allows viewers who meet at least one of the conditions and blocks everybody else. */
  static allowOnly(who: readonly Condition[]): AccessRules;
  /** Blocks viewers who meet at least one of the conditions and allows everybody else. */
  static block(who: readonly Condition[]): AccessRules;
  /** Whether a viewer may play. */
  evaluate(viewer?: Viewer): Decision;
  /** What the rules probably do not mean: warnings alone, since what they must not say was refused. */
  lint(): readonly Finding[];
  toJSON(): AccessRule[];
}

/** The code in the host of every playback URL of an account. **Not** the account id. */
export class CustomerCode {
  private constructor();
  /** Reads a customer code, the host that carries it, or any playback URL on that host. */
  static parse(text: string): CustomerCode;
  /** Reads `CLOUDFLARE_STREAM_CUSTOMER_CODE` of `process.env`; `undefined` when it is unset or empty. */
  static fromEnv(): CustomerCode | undefined;
  /** `customer-CODE.cloudflarestream.com` */
  get host(): string;
  toString(): string;
  toJSON(): string;
}

/** Every URL under which the video of `token` plays. The signature is not checked here. */
export function playbackUrls(
  token: string | Token,
  customerCode: string | CustomerCode,
  options?: UrlOptions,
): PlaybackUrls;

/** The playback URLs of one token. `toJSON` names them as on the wire. */
export class PlaybackUrls {
  private constructor();
  readonly hls: string;
  readonly dash: string;
  readonly iframe: string;
  readonly watch: string;
  readonly thumbnail: string;
  readonly animatedThumbnail: string;
  /** Absent when the token is not downloadable. */
  readonly download?: string;
  /** Absent when the token is not downloadable. */
  readonly audio?: string;
  readonly clipHls: string;
  readonly clip: string;
  /** For live inputs, with locally signed tokens only. */
  readonly webrtc: string;
  /** The `<iframe>` element of the player, on one line. */
  embed(): string;
  toJSON(): { [name: string]: string };
}

/** `url` with `token` in the place of its video UID or older token. */
export function rewrite(url: string, token: string | Token): string;

/** A refusal: a stable code, the member that it is about, and a sentence for people. */
export class StreamTokenError extends Error {
  constructor(message: string, facts: { code: string; number: number; field?: string });
  /** The name of the code, such as `token_expired`. */
  readonly code: string;
  /** The number of the code. */
  readonly number: number;
  /** JSON pointer to the member that is refused, in wire names; absent when the error is not about one. */
  readonly field?: string;
  toJSON(): { code: string; number: number; field?: string; message: string };
}

/** Options and arguments: codes 1xx. */
export class InputError extends StreamTokenError {}
/** Keys: codes 2xx. */
export class SigningKeyError extends StreamTokenError {}
/** Tokens that are refused: codes 3xx. */
export class TokenError extends StreamTokenError {}
/** The same classes: under the name that goes with those of the other groups, and as npm `cloudflare` calls its base. */
export { APIError as ApiError, StreamTokenError as CloudflareError };
/** The token service: codes 5xx. */
export class ServiceError extends StreamTokenError {}
/** Faults inside streamtoken: codes 9xx. */
export class InternalError extends StreamTokenError {}

/** One code of all. */
export interface ErrorCode {
  readonly code: string;
  readonly number: number;
  readonly text: string;
  readonly group: 'input' | 'key' | 'token' | 'api' | 'service' | 'internal';
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly exitCode: number;
}

/** Every code there is. */
export const errorCodes: readonly ErrorCode[];

/** The version of the package. */
export const version: string;
