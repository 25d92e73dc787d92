'use strict';

const native = require('./native.js');
const { settle, toError } = require('./errors.js');
const { frozen } = require('./frozen.js');
const { made, onlyMade, shownAs } = require('./inspect.js');
const { asSet, withKeyText } = require('./keys.js');
const { compact } = require('./tokens.js');
const { isShared, refuse, writeOptions } = require('./wire.js');

/** How many bytes of a text are read; a string has as many units or fewer in them. */
const reads = native.explainReads();

/** The members are those of the report on the wire, so that `JSON.stringify` gives that. */
class Report {
  #findings;
  #text;

  constructor(mark, told) {
    onlyMade(mark, 'Report', 'explain');
    const { report, error, findings, text } = told;
    this.verify = report.verify;
    this.platform = report.platform;
    this.error = error === null ? null : toError(error);
    this.kind = report.kind;
    this.bytes = report.bytes;
    this.read = report.read;
    this.checks = frozen(report.checks);
    this.#findings = Object.freeze(findings.map((id) => this.check(id)));
    this.#text = text;
    Object.freeze(this);
  }

  get findings() {
    return this.#findings;
  }

  check(id) {
    return this.checks.find((check) => check.id === id);
  }

  toString() {
    return this.#text;
  }
}

function explain(text, keys, options) {
  const set = setOrNone(keys);
  const written = writeOptions(options);
  const { start, length } = beginning(content(text));
  return told(withKeyText(start, (bytes) => native.explain(bytes, length, set, written)));
}

async function explainAsync(text, keys, options) {
  const set = setOrNone(keys);
  const written = writeOptions(options);
  // The addon has read the text when it gives the promise.
  const { start, length } = beginning(content(text));
  const outcome = withKeyText(start, (bytes) => [null, native.explainAsync(bytes, length, set, written)]);
  return told(settle(await outcome));
}

/** What was pasted, which may be one of our tokens. */
function content(text) {
  return compact(text) ?? text;
}

/**
 * What is read of a text, and how many bytes it has: more would be copied for nothing. The addon looks at bytes
 * where they are, unless another thread may change them.
 */
function beginning(text) {
  if (typeof text === 'string') return { start: text.slice(0, reads), length: Buffer.byteLength(text) };
  if (!isShared(text)) return { start: text, length: 0 };
  const { buffer = text, byteOffset = 0, byteLength } = text;
  return { start: new Uint8Array(buffer, byteOffset, Math.min(byteLength, reads)), length: byteLength };
}

/** The handle of a set of public keys; `null` where there is none. */
function setOrNone(keys) {
  if (keys === undefined || keys === null) return null;
  return asSet(keys) ?? refuse('a KeySet, SigningKey or PublicKey', keys, 'keys');
}

function told(text) {
  return new Report(made, JSON.parse(text));
}

shownAs(Report, ({ verify, platform, kind, findings }) => ({ verify, platform, kind, findings }));

module.exports = { Report, explain, explainAsync };
