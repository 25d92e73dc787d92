'use strict';

// A token service for tests: `streamtoken serve --dev`, started and ended by a test run.

const { spawn } = require('node:child_process');
const { request } = require('node:http');
const path = require('node:path');
const readline = require('node:readline');
const { KeySet, SigningKey } = require('./lib/keys.js');
const { shownAs } = require('./lib/inspect.js');
const { errorOf } = require('./lib/surface.js');

const MILLISECONDS_TO_START = 30_000;
const MILLISECONDS_TO_END = 5_000;

/** Older versions of Node.js 20 have no such symbol; whoever compiles `await using` for them uses this. */
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

class StreamServer {
  #child;
  #devUrl;

  constructor(child, ready) {
    this.#child = child;
    this.#devUrl = ready.dev_url;
    this.baseUrl = ready.base_url;
    this.accountId = ready.account_id;
    this.apiToken = ready.api_token;
    this.apiEmail = ready.api_email;
    this.apiKey = ready.api_key;
    this.signingKey = SigningKey.load(JSON.stringify(ready.signing_key));
    this.jwksUrl = ready.jwks_url;
    this.devUrl = ready.dev_url;
  }

  get environment() {
    return {
      CLOUDFLARE_ACCOUNT_ID: this.accountId,
      CLOUDFLARE_API_TOKEN: this.apiToken,
      CLOUDFLARE_BASE_URL: this.baseUrl,
      CLOUDFLARE_STREAM_KEY: this.signingKey.toPemBase64(),
      CLOUDFLARE_STREAM_KEY_ID: this.signingKey.id,
    };
  }

  async keys() {
    return KeySet.fromJwks(await send('GET', this.jwksUrl));
  }

  async setClock(now, options) {
    const seconds = now instanceof Date ? Math.floor(now.getTime() / 1000) : now;
    await this.#steer('PUT', 'clock', { now: seconds ?? undefined, offset: options?.offset });
  }

  async faults(...faults) {
    await this.#steer('PUT', 'faults', faults.map(onTheWire));
  }

  async reset() {
    await this.#steer('POST', 'reset');
  }

  async close() {
    await end(this.#child);
  }

  async [asyncDispose]() {
    await this.close();
  }

  async #steer(method, route, body) {
    await send(method, `${this.#devUrl}/${route}`, body);
  }
}

async function startStreamServer({ timeFormat = 'string' } = {}) {
  const options = ['--listen', '127.0.0.1:0', '--json', '--exit-on-stdin-close'];
  options.push('--time-format', timeFormat, '--log-level', 'off');
  const program = path.join(__dirname, 'bin/streamtoken.js');
  const child = spawn(process.execPath, [program, 'serve', '--dev', ...options], {
    env: withoutSettings(process.env),
    // Standard input is never written to: it closes when this process ends, however that ends.
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C is for the tests, which may still need the service while they end.
    detached: true,
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), MILLISECONDS_TO_START);
  try {
    const ready = JSON.parse(await firstLine(child));
    if (ready.error) throw errorOf(ready.error.code, ready.error);
    // A test run that forgets the service ends nevertheless.
    const handles = /** @type {any[]} */ ([child, child.stdin, child.stdout, child.stderr]);
    for (const handle of handles) handle.unref();
    return new StreamServer(child, ready);
  } finally {
    clearTimeout(guard);
  }
}

/** What the emulator prints once it listens. What it complains of later is read and dropped. */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    let complaint = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text) => {
      if (complaint.length < 4096) complaint += text;
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the emulator did not start: ${complaint.trim()}`)));
    readline.createInterface({ input: child.stdout }).once('line', resolve);
  });
}

/** Ends the emulator, unless it has ended. */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const guard = setTimeout(() => child.kill('SIGKILL'), MILLISECONDS_TO_END);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.destroy();
  await ended;
  clearTimeout(guard);
}

/** Settings of somebody's own service are not for this one. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('STREAMTOKEN_')));
}

/** Names as the service has them: `retryAfter` is `retry_after`. */
function onTheWire(fault) {
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fault).map(([name, value]) => [snake(name), value]));
}

/** Asks the service, and gives the text of its answer. No pool of connections is left behind, and no proxy asked. */
function send(method, url, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request(
      url,
      { method, headers, agent: false, timeout: MILLISECONDS_TO_START },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (more) => {
          text += more;
        });
        answer.once('error', reject);
        answer.once('end', () =>
          (answer.statusCode ?? 500) < 400 ? resolve(text) : reject(refusalIn(text)),
        );
      },
    );
    asked.once('timeout', () => asked.destroy(new Error('the emulator does not answer')));
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function refusalIn(envelope) {
  const { message, reason, source } = JSON.parse(envelope).errors[0];
  return errorOf(reason, { message, field: source?.pointer });
}

// Its credentials are for tests, and yet nothing that should be in a log.
shownAs(StreamServer, ({ baseUrl, accountId }) => ({ baseUrl, accountId }));

module.exports = { StreamServer, startStreamServer };
