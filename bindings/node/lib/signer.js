'use strict';

const { whenAborted } = require('./abort.js');
const native = require('./native.js');
const { settle, toError } = require('./errors.js');
const { frozen } = require('./frozen.js');
const { made, onlyMade, shownAs } = require('./inspect.js');
const { publicKeyHandle, signingKeyHandle } = require('./keys.js');
const { Token, shownWarnings } = require('./tokens.js');
const { bytes, list, refuse, signalOf, strict, takeOut, write, writeOptions } = require('./wire.js');

let signerHandle;

class Signer {
  #handle;
  #key;

  constructor(key, options) {
    const handle = signingKeyHandle(key) ?? refuse('a SigningKey', key, 'key');
    this.#handle = settle(native.newSigner(handle, writeOptions(options)));
    this.#key = key;
  }

  get key() {
    return this.#key;
  }

  get lint() {
    return settle(native.signerLint(this.#handle));
  }

  sign(identifier, options) {
    return minted(native.sign(this.#handle, write(identifier), writeOptions(options)));
  }

  async signAsync(identifier, options) {
    return minted(await native.signAsync(this.#handle, write(identifier), writeOptions(options)));
  }

  async signMany(items, options) {
    const { taken, rest } = takeOut(options, ['signal']);
    const signal = signalOf(taken.signal);
    signal?.throwIfAborted();
    const stop = native.newStop();
    const forget = whenAborted(signal, () => native.stop(stop));
    try {
      const requests = list(items, 'items').map(write);
      const answers = settle(await native.signMany(this.#handle, writeOptions(rest), requests, stop));
      signal?.throwIfAborted();
      return answers.map(answer);
    } finally {
      forget();
    }
  }

  signLines(lines, options) {
    return settle(native.signLines(this.#handle, writeOptions(options), list(lines, 'lines').map(line)));
  }

  async signLinesAsync(lines, options) {
    const written = writeOptions(options);
    return settle(await native.signLinesAsync(this.#handle, written, list(lines, 'lines').map(line)));
  }

  static {
    signerHandle = (value) =>
      typeof value === 'object' && value !== null && #handle in value ? value.#handle : undefined;
  }
}

function minted(outcome) {
  return new Token(made, JSON.parse(settle(outcome)));
}

/** The result of one item of a batch. */
function answer(text) {
  const { token, error } = JSON.parse(text);
  return error === undefined ? new Token(made, token) : toError(error);
}

function line(value, index) {
  return strict(value, `lines/${index}`);
}

class Prepared {
  #handle;

  constructor(token, handle) {
    onlyMade(token, 'Prepared', 'prepare');
    this.#handle = handle;
  }

  get signingInput() {
    return settle(native.preparedInput(this.#handle));
  }

  get warnings() {
    return frozen(JSON.parse(settle(native.preparedWarnings(this.#handle))));
  }

  finish(signature) {
    return minted(
      native.preparedFinish(this.#handle, bytes(signature) ?? refuse('bytes', signature, 'signature')),
    );
  }
}

function prepare(publicKey, identifier, options) {
  const handle = publicKeyHandle(publicKey) ?? refuse('a PublicKey', publicKey, 'key');
  const { taken, rest } = takeOut(options, ['lint']);
  const written = [write(identifier), writeOptions(rest), write(taken)];
  return new Prepared(made, settle(native.newPrepared(handle, ...written)));
}

shownAs(Signer, ({ key, lint }) => ({ key, lint }));
shownAs(Prepared, ({ signingInput, warnings }) => ({ signingInput, ...shownWarnings(warnings) }));

module.exports = { Prepared, Signer, minted, prepare, signerHandle };
