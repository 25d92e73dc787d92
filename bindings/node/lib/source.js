'use strict';

// Keeps a fresh token. When to renew and what to give meanwhile is decided by the core; what is here waits.

const { inspect } = require('node:util');
const native = require('./native.js');
const { Client, wayOf } = require('./client.js');
const { apiClasses, settle } = require('./errors.js');
const { shownAs } = require('./inspect.js');
const { minted, signerHandle } = require('./signer.js');
const { refuse, takeOut, write, writeOptions } = require('./wire.js');

class TokenSource {
  #plan;
  #isQuick;
  #mint;
  #onError;
  #token;
  #renewal;
  #isTelling = false;

  constructor(signerOrClient, identifier, options) {
    const { taken, rest } = takeOut(options, ['onError']);
    this.#onError = taken.onError ?? undefined;
    if (this.#onError !== undefined && typeof this.#onError !== 'function')
      refuse('a function', this.#onError, 'on_error');
    const given = [write(identifier), writeOptions(rest)];
    const signer = signerHandle(signerOrClient);
    if (signer !== undefined) {
      this.#plan = settle(native.sourceOfSigner(signer, ...given));
      this.#mint = () => minted(native.sign(signer, ...given));
      this.#isQuick = true;
    } else if (signerOrClient instanceof Client) {
      const way = wayOf(signerOrClient);
      this.#plan = way.newSource(...given);
      this.#mint = () => way.createToken(...given, '{}');
      this.#isQuick = way.isQuick;
    } else {
      refuse('a Signer or a Client', signerOrClient, 'signer_or_client');
    }
    Object.freeze(this);
  }

  async token() {
    const old = this.#token;
    const [isThere, isDue] = native.sourceAsk(this.#plan, when());
    if (isDue) this.#renewal = this.#renew(this.#isTelling);
    if (isThere && !(isDue && this.#isQuick)) return old;
    const { token, error } = await this.#renewal;
    if (token !== undefined) return token;
    if (isThere) return old;
    throw error;
  }

  /** What comes of a renewal. One that begins while the callback is at work is not told to it: that would have no end. */
  async #renew(isOfCallback) {
    try {
      const token = await this.#mint();
      settle(native.sourceRenewed(this.#plan, token.exp, token.renewAt, when()));
      this.#token = token;
      return { token };
    } catch (error) {
      const wait = error instanceof apiClasses.APIError ? error.retryAfter : undefined;
      native.sourceFailed(this.#plan, wait, when());
      if (!isOfCallback) this.#tell(error);
      return { error };
    }
  }

  #tell(error) {
    if (this.#onError === undefined) return;
    const end = () => {
      this.#isTelling = false;
    };
    this.#isTelling = true;
    try {
      const told = this.#onError.call(undefined, error);
      if (typeof told?.then !== 'function') end();
      // It goes on, and what it asks for meanwhile cannot be told from what others do.
      else Promise.resolve(told).catch(warn).finally(end);
    } catch (thrown) {
      end();
      warn(thrown);
    }
  }
}

/** What the caller's own function throws does the source no harm. */
function warn(thrown) {
  // Not every value has a text of its own.
  process.emitWarning(thrown instanceof Error ? thrown : inspect(thrown));
}

/** The core has neither a clock nor chance. */
function when() {
  return [performance.now(), Math.floor(Date.now() / 1000), Math.random()];
}

shownAs(TokenSource, () => ({}));

module.exports = { TokenSource };
