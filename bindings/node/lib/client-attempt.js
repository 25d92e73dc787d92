'use strict';

// One attempt of a call: `fetch`, the time limit, the caller's signal, and what went wrong.

const { whenAborted } = require('./abort.js');

/** What an attempt without a whole answer ended with: why, and whether the request may have arrived. */
class Broken {
  constructor(why, arrived, detail = '') {
    this.why = why;
    this.arrived = arrived;
    this.detail = detail;
  }
}

/** A time limit and a signal. The first to come ends the attempt; `release` lets both go. */
class Limits {
  #controller = new AbortController();
  #ended;
  #reject;
  #timer;
  #forget;

  constructor(milliseconds, signal) {
    this.#ended = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Whoever does not race against it need not know.
    this.#ended.catch(() => {});
    this.#timer = setTimeout(() => this.#end('timeout'), milliseconds);
    this.#forget = whenAborted(signal, () => this.#end('aborted'));
    if (signal?.aborted) this.#end('aborted');
  }

  /** What `fetch` is given. */
  get signal() {
    return this.#controller.signal;
  }

  /** `work`, unless a limit comes first, whatever `work` thinks of signals. */
  race(work) {
    return Promise.race([work, this.#ended]);
  }

  #end(why) {
    this.#reject(new Broken(why, true));
    this.#controller.abort();
  }

  release() {
    clearTimeout(this.#timer);
    this.#forget();
  }
}

/** Sends the request and reads the answer: `{status, headers, body}` or what kept it from coming. */
async function attempt(fetch, request, milliseconds, signal) {
  const limits = new Limits(milliseconds, signal);
  try {
    return await exchange(fetch, request, limits);
  } catch (error) {
    return error instanceof Broken ? error : broken(error);
  } finally {
    limits.release();
  }
}

async function exchange(fetch, { method, url, headers, body, mostBytes }, limits) {
  const init = { method, headers, body, redirect: 'manual', signal: limits.signal };
  const answering = Promise.resolve(fetch(url, init));
  const answer = await limits.race(answering).catch((error) => {
    // One that comes late, from a fetch that knows no signal, is not left open.
    answering.then(drop).catch(() => {});
    throw error;
  });
  if (!isResponse(answer)) throw new Broken('protocol', true, 'fetch gave no Response');
  return {
    status: answer.status,
    headers: [...answer.headers].flat().map(String),
    body: await read(answer.body, mostBytes, limits),
  };
}

/** Whether it has what is read of one: a `fetch` of the caller's may give anything. */
function isResponse(answer) {
  const { status, headers, body } = answer ?? {};
  const isStream = body === null || body === undefined || typeof body.getReader === 'function';
  return Number.isInteger(status) && typeof headers?.forEach === 'function' && isStream;
}

function drop(answer) {
  return answer.body?.cancel();
}

/** The whole body, and not a byte more than may come. */
async function read(body, mostBytes, limits) {
  if (!body) return new Uint8Array(0);
  const reader = body.getReader();
  const chunks = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await limits.race(reader.read());
      if (done) return Buffer.concat(chunks, size);
      size += value.byteLength;
      if (size > mostBytes) throw new Broken('too_large', true);
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** Codes of Node.js, of undici and of Bun. A request arrived perhaps unless it is known that it did not. */
const NOT_ARRIVED =
  /^(ERR_INVALID_URL|ECONNREFUSED|ENOTFOUND|EAI_.*|E(HOST|NET)UNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const NOT_ARRIVED_IN_BUN = /^(ConnectionRefused|FailedToOpenSocket|DNS.*)$/;
const CONNECTING = /^(connect|getaddrinfo)$/;
const CERTIFICATE = /CERT|^ERR_TLS_|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$/;
const TLS = /^ERR_SSL_|^EPROTO$/;
const TIMEOUT = /TIMEOUT|TIMEDOUT/;
/** A body that ends too early is the connection's fault. */
const PROTOCOL = /^HPE_|^UND_ERR_HEADERS_OVERFLOW$|^Z_|^ERR_INVALID_URL$/;

/** What `fetch` threw, in the core's words. */
function broken(error) {
  const reason = error?.cause ?? error;
  const code = codeOf(reason);
  const isCertificate = CERTIFICATE.test(code);
  const isConnecting = CONNECTING.test(reason?.syscall);
  const isKnown = NOT_ARRIVED.test(code) || NOT_ARRIVED_IN_BUN.test(code);
  return new Broken(
    kind(code, isCertificate),
    !(isCertificate || isConnecting || isKnown),
    detail(reason, code),
  );
}

/** Errors without a code, by their names: what is not HTTP in Node.js 24, and a limit of Bun's `fetch` or of a signal. */
const CODES = new Map([
  ['HTTPParserError', 'HPE_INVALID'],
  ['TimeoutError', 'TIMEOUT'],
]);

function codeOf(reason) {
  if (typeof reason?.code === 'string') return reason.code;
  return CODES.get(reason?.name) ?? '';
}

function kind(code, isCertificate) {
  if (isCertificate || TLS.test(code)) return 'tls';
  if (TIMEOUT.test(code)) return 'timeout';
  return PROTOCOL.test(code) ? 'protocol' : 'connection';
}

function detail(reason, code) {
  const message = typeof reason?.message === 'string' ? reason.message : '';
  return message.includes(code) ? message : `${message} (${code})`.trim();
}

/** Waits, unless the signal comes first; says whether the time went by. */
function pause(milliseconds, signal) {
  if (signal?.aborted) return false;
  return new Promise((resolve) => {
    const end = (isOver) => {
      clearTimeout(timer);
      forget();
      resolve(isOver);
    };
    const timer = setTimeout(end, milliseconds, true);
    const forget = whenAborted(signal, () => end(false));
  });
}

module.exports = { Broken, attempt, pause };
