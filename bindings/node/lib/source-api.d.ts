import type { Client, Signer, Token } from '../index.js';
import type { RequestOptions, TokenCreateParams } from './client-api.js';

/** Options of a source: those of signing or of asking, without the times that are fixed. */
export interface SourceOptions
  extends Omit<TokenCreateParams, 'exp' | 'now'>,
    Omit<RequestOptions, 'signal'> {
  /**
   * Is called with the error of each renewal that fails, once. What it throws, or the promise that it returns rejects
   * with, becomes a warning of the process. It may ask the source: of renewals that begin before it has returned, and
   * before its promise is settled, it hears nothing. What it hands on to a timer or a promise that it does not return is
   * told like anything else, so wait there before you ask.
   */
  readonly onError?: ((error: Error) => unknown) | null | undefined;
}

/**
 * Keeps a fresh token for one video. It is renewed when `renewAt` comes near and somebody asks; the old one
 * is given meanwhile, as long as it lives. There are no timers: a process ends when its work is done.
 *
 * A fifth of the lifetime is left when a token is given last, and must outlast the view: let `expiresIn` be five times
 * the view (`'3h45m'` for 45 minutes), a day at most. With `reuseWindow` all of `expiresIn` but a minute is left.
 */
export class TokenSource {
  /** Throws for an identifier and options that will never do. The first token is made when it is asked for. */
  constructor(signerOrClient: Signer | Client, identifier: string, options?: SourceOptions);
  /**
   * The token of the moment. Without a living one this waits for the renewal, and all who wait get the same,
   * or the error that it failed with; where the API said `retry-after`, the same error until then (at most 300 s).
   */
  token(): Promise<Token>;
}
