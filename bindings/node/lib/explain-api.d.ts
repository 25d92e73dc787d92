import type {
  AccessRule,
  AccessRules,
  KeySet,
  PublicKey,
  SigningKey,
  SignOptions,
  StreamTokenError,
  Time,
  Token,
  VerifyOptions,
  Viewer,
} from '../index.js';

/** What a signer does with warnings about rules and options: nothing, give them to the token, or refuse to mint. */
export type LintLevel = 'off' | 'warn' | 'deny';

/** Options of a signer. */
export interface SignerOptions {
  /** What to do when rules or options are probably not meant. Default: `warn`. */
  readonly lint?: LintLevel | null;
}

/** Options of `prepare`. */
export interface PrepareOptions extends SignOptions, SignerOptions {}

/** Something that is wrong with rules or options, or probably not meant, and where. */
export interface Finding {
  /** The stable id: of a warning its own, such as `allow_without_block`; of an error the code with which signing refuses. */
  readonly id: string;
  /** Whether signing refuses it. */
  readonly level: 'warning' | 'error';
  /** JSON pointer to what it is about, in wire names (`/accessRules/2/ip/0`); empty for the whole. */
  readonly field: string;
  /** What is wrong here. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
}

/**
 * Everything that is wrong or probably not meant with access rules, or with a whole set of options for signing:
 * at most 100 findings, and one more that says that there are others. What signing refuses is a finding of the
 * level `error` and not thrown, unless it is too large to be read: more than 100,000 values, or 32 levels.
 * `now` is taken where the options do not say another; default: the machine's clock.
 */
export function lint(
  rulesOrOptions: AccessRules | readonly AccessRule[] | SignOptions,
  options?: { readonly now?: Time | null },
): readonly Finding[];

/** What rules do to one viewer. */
export interface Simulated {
  /** Whom it is about, as it was understood. */
  readonly viewer: { readonly ip: string | null; readonly country: string | null };
  /** What happens to the viewer; `unknown` when nobody can say, because the fact in `needs` is not known. */
  readonly action: 'allow' | 'block' | 'unknown';
  /** Index of the rule that decided, from 0; `null` when none matched, which allows, and when nobody can say. */
  readonly rule: number | null;
  /** The fact of the viewer that the first undecided rule needs. */
  readonly needs: 'ip' | 'country' | null;
  /** For each rule by itself whether it matches; `null` where that cannot be known. */
  readonly matches: readonly (boolean | null)[];
}

/** What rules do to each of these viewers, in their order, and which rule decides. */
export function simulate(
  rules: AccessRules | readonly AccessRule[],
  viewers: readonly Viewer[],
): readonly Simulated[];

/** The facts against which `explain` looks at a token. What is not given makes a check `unknown`. */
export interface ExplainOptions extends VerifyOptions {
  /** The length of the video in seconds, which the token should outlast. */
  readonly duration?: number | bigint | null;
}

/** Whether a check was passed: somebody refuses because of it, it is probably not meant, or nobody can say. */
export type CheckStatus = 'pass' | 'fail' | 'warn' | 'unknown';

/** What somebody makes of a token, as far as that can be known. */
export type Verdict = 'accepts' | 'refuses' | 'unknown';

/** Every check of a report, in its order. Ids never change their meaning. */
export type CheckId =
  | 'pasted'
  | 'secret'
  | 'scheme'
  | 'host'
  | 'token_place'
  | 'path'
  | 'poster'
  | 'size'
  | 'url_size'
  | 'shape'
  | 'padding'
  | 'alphabet'
  | 'header_json'
  | 'payload_json'
  | 'alg'
  | 'typ'
  | 'crit'
  | 'kid'
  | 'kid_agrees'
  | 'key_known'
  | 'signature'
  | 'claims'
  | 'sub'
  | 'sub_matches'
  | 'exp'
  | 'nbf'
  | 'time_form'
  | 'time_order'
  | 'expired'
  | 'not_yet_valid'
  | 'lifetime'
  | 'clock_skew'
  | 'outlasts_video'
  | 'rules'
  | 'rule_count'
  | 'viewer'
  | 'rules_sense'
  | 'downloadable'
  | 'webrtc'
  | 'live';

/** One check of a report. */
export interface Check {
  readonly id: CheckId;
  readonly status: CheckStatus;
  /** What `verify` makes of this alone. */
  readonly verify: Verdict;
  /** What the platform makes of this alone, as far as that is publicly known. */
  readonly platform: Verdict;
  /** The code with which `verify` refuses because of this. */
  readonly code: string | null;
  /** What was seen, by name. Integers beyond 2^53 are rounded, as by `JSON.parse`. */
  readonly values: { readonly [name: string]: unknown };
  /** What is so. */
  readonly cause: string;
  /** What to do; `null` where nothing is to be done. */
  readonly remedy: string | null;
}

/** Everything that `explain` found, frozen. `JSON.stringify` gives it as on the wire, `toString` as text. */
export class Report {
  private constructor();
  /** What `verify` makes of the token, with the keys and facts that were given. */
  readonly verify: Verdict;
  /** What the platform makes of it, as far as that is publicly known. */
  readonly platform: Verdict;
  /** The error that `verify` throws; it is not thrown here. */
  readonly error: StreamTokenError | null;
  /** What was given: `token`, `url`, `uid`, `private_key` and others. */
  readonly kind: string;
  /** How many bytes were given. */
  readonly bytes: number;
  /** How many of them were looked at: at most 65,536. */
  readonly read: number;
  /** All checks, each once. */
  readonly checks: readonly Check[];
  /** Failures first, then warnings: what to read first. */
  get findings(): readonly Check[];
  /** The check called `id`. */
  check(id: CheckId): Check;
  /** The verdicts, and a line for each finding. */
  toString(): string;
}

/**
 * Tells why a token is refused: makes every check on `text`, be it a token, a playback URL or whatever else was
 * pasted in its place. Without `keys` nobody can say whether the signature is right. Only options that make no
 * sense are refused; nothing that was pasted by mistake is repeated.
 */
export function explain(
  text: string | Uint8Array | Token,
  keys?: KeySet | SigningKey | PublicKey | null,
  options?: ExplainOptions,
): Report;

/** As `explain`, away from the event loop. */
export function explainAsync(
  text: string | Uint8Array | Token,
  keys?: KeySet | SigningKey | PublicKey | null,
  options?: ExplainOptions,
): Promise<Report>;
