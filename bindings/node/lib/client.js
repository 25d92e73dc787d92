'use strict';

// Asks Cloudflare's API. Requests, checks and the plan of retries are the core's; what is sent, is sent by
// `fetch`.

const native = require('./native.js');
const { apiClasses, settle } = require('./errors.js');
const { frozen } = require('./frozen.js');
const { made, onlyMade, redacted, shownAs } = require('./inspect.js');
const { SigningKey } = require('./keys.js');
const { Broken, attempt, pause } = require('./client-attempt.js');
const { logOf } = require('./client-log.js');
const { minted, signerHandle } = require('./signer.js');
const { errorOf } = require('./surface.js');
const { Token } = require('./tokens.js');
const { refuse, signalOf, takeOut, write, writeOptions } = require('./wire.js');

class Client {
  constructor(...given) {
    const [options] = given;
    const way = options === made ? given[1] : remote(options);
    this.stream = Object.freeze({ token: new Tokens(way), keys: new Keys(way) });
    Object.freeze(this);
  }

  static local(signer) {
    const handle = signerHandle(signer) ?? refuse('a Signer', signer, 'signer');
    return new Client(made, new Local(handle));
  }
}
for (const [name, value] of Object.entries(apiClasses)) Object.defineProperty(Client, name, { value });

function remote(options = {}) {
  const { taken, rest } = takeOut(options, ['fetch', 'logger', 'logLevel']);
  const fetch = taken.fetch ?? undefined;
  if (fetch !== undefined && typeof fetch !== 'function') refuse('a function', fetch, 'fetch');
  const requests = settle(native.newRequests(write(rest), process.env));
  return new Remote(requests, fetch, logOf(taken));
}

/** What a client asks with. */
let wayOf;

class Tokens {
  #way;

  constructor(way) {
    this.#way = way;
  }

  static {
    wayOf = (client) => client.stream.token.#way;
  }

  async create(identifier, params, options) {
    const { signal, rest } = withoutSignal(options);
    return this.#way.createToken(write(identifier), writeOptions(params), rest, signal);
  }
}

class Keys {
  #way;

  constructor(way) {
    this.#way = way;
  }

  async create(params, options) {
    const { signal, rest } = withoutSignal(options);
    return this.#way.createKey(writeOptions(params), rest, signal);
  }

  async list(params, options) {
    const { signal, rest } = withoutSignal(options);
    return this.#way.listKeys(writeOptions(params), rest, signal);
  }

  async *get(params, options) {
    yield* await this.list(params, options);
  }

  async delete(id, params, options) {
    const { signal, rest } = withoutSignal(options);
    return this.#way.deleteKey(write(id), writeOptions(params), rest, signal);
  }
}

function withoutSignal(options) {
  const { taken, rest } = takeOut(options, ['signal']);
  return { signal: signalOf(taken.signal), rest: writeOptions(rest) };
}

/** Asks over the network. */
class Remote {
  #requests;
  #fetch;
  #log;

  constructor(requests, fetch, log) {
    this.#requests = requests;
    this.#fetch = fetch;
    this.#log = log;
  }

  get isQuick() {
    return false;
  }

  newSource(identifier, params) {
    return settle(native.sourceOfRequests(this.#requests, identifier, params));
  }

  async createToken(identifier, params, options, signal) {
    const call = settle(native.callCreateToken(this.#requests, identifier, params, options));
    return new Token(made, await this.#run(call, signal));
  }

  async createKey(params, options, signal) {
    const call = settle(native.callCreateKey(this.#requests, params, options));
    return new CreatedKey(made, await this.#run(call, signal));
  }

  async listKeys(params, options, signal) {
    const call = settle(native.callListKeys(this.#requests, params, options));
    return (await this.#run(call, signal)).map(frozen);
  }

  async deleteKey(id, params, options, signal) {
    const call = settle(native.callDeleteKey(this.#requests, id, params, options));
    return this.#run(call, signal);
  }

  /** Makes the call, until it is done, has failed, or is ended by the signal. The core counts the attempts. */
  async #run(call, signal) {
    const begin = performance.now();
    const elapsed = () => performance.now() - begin;
    let isEnded = signal?.aborted ?? false;
    for (;;) {
      const outcome = isEnded ? new Broken('aborted', false) : await this.#attempt(call, elapsed(), signal);
      const [wait, result] = this.#after(call, outcome, elapsed(), signal);
      if (wait === null || wait === undefined) return JSON.parse(result);
      isEnded = !(await pause(wait, signal));
    }
  }

  #attempt(call, elapsed, signal) {
    const limit = settle(native.callLimit(call, elapsed));
    if (limit === 0) return new Broken('deadline', false, 'the deadline is over');
    const fetch = this.#fetch ?? globalThis.fetch;
    const request = JSON.parse(settle(native.callRequest(call)));
    return attempt(fetch, request, limit, signal);
  }

  /** Milliseconds to wait, or the result. */
  #after(call, outcome, elapsed, signal) {
    const when = [elapsed, Math.floor(Date.now() / 1000), Math.random()];
    const { why, arrived, detail, status, headers, body } = outcome;
    const next = why
      ? native.callBroken(call, why, arrived, detail, when)
      : native.callAnswered(call, status, headers, body, when);
    const isNone = !arrived && (why === 'aborted' || why === 'deadline');
    if (!isNone) {
      this.#log(typeof next[1]?.[0] === 'number', () => settle(native.callAttempt(call)));
    }
    return orCause(() => settle(next), why === 'aborted' ? signal : undefined);
  }
}

/** The result of `work`; its error has the reason of `signal`, if that is what ended it, as cause. */
function orCause(work, signal) {
  try {
    return work();
  } catch (error) {
    if (signal)
      Object.defineProperty(error, 'cause', { value: signal.reason, configurable: true, writable: true });
    throw error;
  }
}

/** Signs in this process. */
class Local {
  #signer;

  constructor(signer) {
    this.#signer = signer;
  }

  get isQuick() {
    return true;
  }

  newSource(identifier, params) {
    return settle(native.sourceOfLocalClient(this.#signer, identifier, params));
  }

  async createToken(identifier, params, options, signal) {
    throwIfAborted(signal);
    const token = minted(await native.signAsClient(this.#signer, identifier, params, options));
    throwIfAborted(signal);
    return token;
  }

  async createKey() {
    throw errorOf('client_is_local');
  }

  async listKeys() {
    throw errorOf('client_is_local');
  }

  async deleteKey() {
    throw errorOf('client_is_local');
  }
}

function throwIfAborted(signal) {
  orCause(() => {
    if (signal?.aborted) throw errorOf('api_aborted');
  }, signal);
}

class CreatedKey {
  #pem;
  #jwk;
  #other;

  constructor(mark, facts) {
    onlyMade(mark, 'CreatedKey', 'client.stream.keys.create');
    const { id, pem, jwk, created, ...other } = facts;
    this.#pem = pem;
    this.#jwk = jwk;
    // It may have the key in yet another form.
    this.#other = frozen(other);
    this.id = id;
    this.created = created;
    Object.freeze(this);
  }

  get pem() {
    return this.#pem;
  }

  get jwk() {
    return this.#jwk;
  }

  get other() {
    return this.#other;
  }

  signingKey() {
    // Both forms, as the API answers them: they must be one key.
    const { id } = this;
    return SigningKey.load(JSON.stringify({ id, pem: this.#pem, jwk: this.#jwk }), { id });
  }
}

shownAs(Client, () => ({}));
shownAs(CreatedKey, (key) => ({ ...key, pem: redacted, jwk: redacted }));

module.exports = { Client, CreatedKey, wayOf };
