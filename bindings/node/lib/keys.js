'use strict';

const native = require('./native.js');
const { settle } = require('./errors.js');
const { made, onlyMade, shownAs } = require('./inspect.js');
const { isShared, refuse, strict, text, writeOptions } = require('./wire.js');

let signingKeyHandle;
let publicKeyHandle;
let keySetHandle;

/** Calls `load` with the text of a key as string or bytes, and wipes a copy that had to be made. */
function withKeyText(value, load) {
  const content = strict(value, 'text');
  try {
    return settle(load(content));
  } finally {
    if (typeof value === 'string' ? content !== value : isShared(value)) content.fill(0);
  }
}

class SigningKey {
  #handle;
  #facts;

  constructor(token, handle) {
    onlyMade(token, 'SigningKey', 'SigningKey.load, SigningKey.fromEnv or SigningKey.generate');
    this.#handle = handle;
    this.#facts = JSON.parse(settle(native.keyFacts(handle)));
  }

  static load(text, options) {
    const written = writeOptions(options);
    return new SigningKey(
      made,
      withKeyText(text, (key) => native.loadKey(key, written)),
    );
  }

  static fromEnv() {
    return new SigningKey(made, settle(native.keyFromEnv(process.env)));
  }

  static generate() {
    return new SigningKey(made, settle(native.generateKey()));
  }

  static async generateAsync() {
    return new SigningKey(made, settle(await native.generateKeyAsync()));
  }

  get id() {
    return this.#facts.id;
  }

  get bits() {
    return this.#facts.bits;
  }

  get publicKey() {
    return new PublicKey(made, settle(native.keyPublic(this.#handle)));
  }

  toPkcs1Pem() {
    return settle(native.keyPkcs1Pem(this.#handle));
  }

  toPkcs8Pem() {
    return settle(native.keyPkcs8Pem(this.#handle));
  }

  toJwk() {
    return settle(native.keyJwk(this.#handle));
  }

  toPemBase64() {
    return settle(native.keyPemBase64(this.#handle));
  }

  toJwkBase64() {
    return settle(native.keyJwkBase64(this.#handle));
  }

  static {
    signingKeyHandle = (value) => (isObject(value) && #handle in value ? value.#handle : undefined);
  }
}

class PublicKey {
  #handle;
  #facts;

  constructor(token, handle) {
    onlyMade(token, 'PublicKey', 'PublicKey.load or the publicKey of a SigningKey');
    this.#handle = handle;
  }

  static load(text, options) {
    const written = writeOptions(options);
    return new PublicKey(
      made,
      withKeyText(text, (key) => native.loadPublicKey(key, written)),
    );
  }

  get id() {
    return this.#read().id;
  }

  get bits() {
    return this.#read().bits;
  }

  get thumbprint() {
    return this.#read().thumbprint;
  }

  toPem() {
    return this.#read().pem;
  }

  toJwk() {
    return this.#read().jwk;
  }

  #read() {
    this.#facts ??= JSON.parse(settle(native.publicKeyFacts(this.#handle)));
    return this.#facts;
  }

  static {
    publicKeyHandle = (value) => (isObject(value) && #handle in value ? value.#handle : undefined);
  }
}

class KeySet {
  #handle;

  constructor(...keys) {
    const [token, handle] = keys;
    this.#handle = token === made ? handle : settle(native.newKeySet(keys.map(member)));
  }

  static fromJwks(text) {
    return new KeySet(made, withKeyText(text, native.keySetFromJwks));
  }

  static load(text, options) {
    const written = writeOptions(options);
    return new KeySet(
      made,
      withKeyText(text, (key) => native.loadKeySet(key, written)),
    );
  }

  get size() {
    return settle(native.keySetSize(this.#handle));
  }

  get(id) {
    const handle = settle(native.keySetGet(this.#handle, text(id, 'id')));
    return handle === null ? undefined : new PublicKey(made, handle);
  }

  *[Symbol.iterator]() {
    for (const handle of settle(native.keySetKeys(this.#handle))) yield new PublicKey(made, handle);
  }

  toJwks() {
    return settle(native.keySetJwks(this.#handle));
  }

  static {
    keySetHandle = (value) => (isObject(value) && #handle in value ? value.#handle : undefined);
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** The handle of the public half of a key; `undefined` for anything else. */
function publicHalf(key) {
  const handle = signingKeyHandle(key);
  return handle === undefined ? publicKeyHandle(key) : settle(native.keyPublic(handle));
}

/** The public half of a key that goes into a set. */
function member(key, index) {
  return publicHalf(key) ?? refuse('a SigningKey or PublicKey', key, `keys/${index}`);
}

/** The handle of a set, or of the set of one key; `undefined` for anything else. */
function asSet(keys) {
  const half = publicHalf(keys);
  return half === undefined ? keySetHandle(keys) : settle(native.newKeySet([half]));
}

function describeKey(content, options) {
  const written = writeOptions(options);
  return Object.freeze(JSON.parse(withKeyText(content, (key) => native.describe(key, written))));
}

shownAs(SigningKey, ({ id, bits }) => ({ id, bits }));
shownAs(PublicKey, ({ id, bits, thumbprint }) => ({ id, bits, thumbprint }));
shownAs(KeySet, (keys) => [...keys]);

module.exports = {
  KeySet,
  PublicKey,
  SigningKey,
  asSet,
  describeKey,
  keySetHandle,
  publicKeyHandle,
  signingKeyHandle,
  withKeyText,
};
