/// <reference lib="esnext.disposable" />

import type { KeySet, SigningKey } from './index.js';

/** What the service does instead of answering as it should. */
export interface Fault {
  /** Answer with this status: 400 to 599. */
  readonly status?: number;
  /** Seconds, for the header `retry-after` of that answer. */
  readonly retryAfter?: number;
  /** Answer this much later. */
  readonly latencyMs?: number;
  /** Answer with a body that is broken in this way. */
  readonly body?: 'empty' | 'truncated' | 'not_json' | 'success_false_200' | 'messages_null';
  /** Close the connection without an answer. */
  readonly close?: boolean;
  /** How many requests it is for. Until faults are set again, when left out. */
  readonly times?: number;
  /** Which requests it is for. All, when left out. */
  readonly path?: 'token' | 'keys';
}

/**
 * A running emulator of Cloudflare Stream's token endpoint and key routes, with its credentials. It is a
 * process of its own on a free port of 127.0.0.1, keeps everything in memory, and ends with the process
 * that started it, however that ends.
 */
export class StreamServer {
  private constructor();
  /** What the official clients take as base URL. */
  readonly baseUrl: string;
  /** The account that is there from the start. */
  readonly accountId: string;
  /** A bearer token that may do everything. */
  readonly apiToken: string;
  /** The e-mail address of the previous scheme, which goes with `apiKey`. */
  readonly apiEmail: string;
  /** The key of the previous scheme. */
  readonly apiKey: string;
  /** A signing key of the account, private half included. */
  readonly signingKey: SigningKey;
  /** Where the public halves of the account's keys are, without a credential. */
  readonly jwksUrl: string;
  /** The routes that steer the emulator. */
  readonly devUrl: string;
  /** The variables by which the official clients, this package and wrangler find the service. */
  readonly environment: Readonly<Record<string, string>>;
  /** The public halves of the account's keys, for `verify`; asked for each time. */
  keys(): Promise<KeySet>;
  /**
   * Stops the service's clock at `now`, in seconds since the epoch, or lets it run `offset` seconds ahead
   * of the machine's. Without either it shows the machine's time again.
   */
  setClock(now?: number | Date | null, options?: { readonly offset?: number }): Promise<void>;
  /**
   * Lets the next answers fail in these ways, in this order; without any, all is well again.
   * `faults({ status: 429, retryAfter: 1, times: 2 })` answers two requests with 429.
   */
  faults(...faults: readonly Fault[]): Promise<void>;
  /** Brings clock, faults and everything that is stored back to the start. */
  reset(): Promise<void>;
  /** Ends the emulator. To end it twice is fine. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How the emulator is started. */
export interface StreamServerOptions {
  /** How it writes times: as strings, as Cloudflare's endpoint does, or as numbers, which most JWT libraries want. */
  readonly timeFormat?: 'string' | 'number';
}

/** Starts the emulator; the promise is there once it listens. */
export function startStreamServer(options?: StreamServerOptions): Promise<StreamServer>;
