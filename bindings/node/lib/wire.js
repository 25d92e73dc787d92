'use strict';

// What the caller passes, read once and before any work, as the text that `src/value.rs` reads: JSON in
// which the first letter of each string says what the string stands for.

const { types } = require('node:util');
const native = require('./native.js');
const { settle } = require('./errors.js');

/** One more than the core accepts, which decides; reading on would not end for a cyclic object. */
const MOST_VALUES = 100_001;
const DEEPEST = 33;
/** As in the core: each 512 bytes of text count as one value. A character has one byte or more. */
const TEXT_PER_VALUE = 512;

const getTime = Function.prototype.call.bind(Date.prototype.getTime);
const hasOwn = Function.prototype.call.bind(Object.prototype.hasOwnProperty);
const { defineProperty: define, getPrototypeOf, keys: ownNames } = Object;
const { isArray } = Array;
const { stringify } = JSON;

/** Ends the reading of a value that the core will refuse whatever else it holds. */
class Unbounded {
  constructor(tag) {
    this.tag = tag;
  }
}

/** What to read in the place of an object of one of our classes, by a function that knows the class. */
const substitutes = [];

/** Any value as text. An exception of the caller's own getters passes through. */
function write(value) {
  try {
    return any(value, 0, { left: MOST_VALUES });
  } catch (error) {
    if (error instanceof Unbounded) return error.tag;
    throw error;
  }
}

/** Options that may be left out. */
function writeOptions(options) {
  return options === undefined ? '{}' : write(options);
}

/** Takes the options called `names`, which are not the core's, out of an object of options. */
function takeOut(options, names) {
  if (typeof options !== 'object' || options === null || !isPlain(options))
    return { taken: {}, rest: options };
  const taken = {};
  const rest = {};
  for (const name of ownNames(options)) {
    const target = names.includes(name) ? taken : rest;
    define(target, name, { value: options[name], enumerable: true });
  }
  return { taken, rest };
}

function any(value, depth, budget) {
  if (budget.left === 0) throw new Unbounded('"m"');
  budget.left -= 1;
  switch (typeof value) {
    case 'string':
      return quoted('s', value, budget);
    case 'number':
      return number(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return bigint(value);
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : object(value, depth, budget);
    default:
      return stringify(`xa ${typeof value}`);
  }
}

/** A string or name. No option takes the character that stands for a lone surrogate. */
function quoted(tag, text, budget) {
  budget.left -= Math.floor(text.length / TEXT_PER_VALUE);
  if (budget.left < 0) throw new Unbounded('"m"');
  return stringify(tag + text.toWellFormed());
}

function number(value) {
  return Number.isFinite(value) ? `${value}` : `"n${value}"`;
}

/** Beyond 64 bits the sign is all that the core asks for. */
function bigint(value) {
  if (BigInt.asIntN(64, value) === value) return `${value}`;
  return value < 0n ? '"b-"' : '"b+"';
}

function object(value, depth, budget) {
  if (isArray(value)) return items(value, deeper(depth), budget);
  if (types.isDate(value)) return `"t${Math.floor(getTime(value) / 1000)}"`;
  for (const substitute of substitutes) {
    const other = substitute(value);
    if (other !== undefined) return any(other, depth, budget);
  }
  return isPlain(value) ? members(value, deeper(depth), budget) : stringify(`x${foreign(value)}`);
}

function deeper(depth) {
  if (depth === DEEPEST) throw new Unbounded('"d"');
  return depth + 1;
}

function items(value, depth, budget) {
  const { length } = value;
  const written = [];
  for (let index = 0; index < length; index += 1) written.push(any(value[index], depth, budget));
  return `[${written.join(',')}]`;
}

/** The own enumerable members with names; what is inherited is not part of an options object. */
function members(value, depth, budget) {
  const written = [];
  for (const name of ownNames(value)) {
    written.push(`${quoted('', name, budget)}:${any(value[name], depth, budget)}`);
  }
  return `{${written.join(',')}}`;
}

/**
 * Whether this is an object literal, of any realm, or one without a prototype. The members of a Map and
 * those that a class defines cannot be seen, so taking such an object for options could drop its rules.
 */
function isPlain(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return getPrototypeOf(prototype) === null && hasOwn(prototype, 'isPrototypeOf');
}

function foreign(value) {
  if (types.isPromise(value)) return 'a promise';
  if (types.isMap(value)) return 'a Map';
  if (types.isSet(value)) return 'a Set';
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return 'a buffer';
  return 'an instance of a class';
}

/** Throws the refusal of the argument `name`, which is not `wanted`. Of an object the kind is told alone. */
function refuse(wanted, value, name) {
  return settle(native.refuseArgument(wanted, write(shallow(value)), name));
}

function shallow(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return [];
  return isPlain(value) ? {} : value;
}

/** The items of a list argument, holes among them. */
function list(value, name) {
  if (!isArray(value)) return refuse('a list', value, name);
  const { length } = value;
  if (length >= MOST_VALUES) return settle(native.refuseArgument('', '"m"', name));
  return Array.from({ length }, (_, index) => value[index]);
}

/** A string argument. */
function text(value, name) {
  return typeof value === 'string' ? value.toWellFormed() : refuse('a string', value, name);
}

/** No UTF-8 has this byte. */
const ILL_FORMED = Uint8Array.of(0xff);

/** A string or bytes that the core reads strictly: a key or JSON. */
function strict(value, name) {
  if (typeof value === 'string') {
    // A lone surrogate has no UTF-8; the character that would stand for it does.
    return value.isWellFormed() ? value : Buffer.concat([Buffer.from(value), ILL_FORMED]);
  }
  return bytes(value) ?? refuse('a string or bytes', value, name);
}

/** The bytes of a Uint8Array or ArrayBuffer; `undefined` for anything else. What is detached has none. */
function bytes(value) {
  if (isShared(value)) return new Uint8Array(new Uint8Array(value));
  if (types.isUint8Array(value)) return value;
  return types.isArrayBuffer(value) ? view(value) : undefined;
}

/** Whether another thread may change the bytes while they are read: then `bytes` makes a copy. */
function isShared(value) {
  if (types.isSharedArrayBuffer(value)) return true;
  return types.isUint8Array(value) && types.isSharedArrayBuffer(value.buffer);
}

function view(buffer) {
  try {
    return new Uint8Array(buffer);
  } catch {
    return new Uint8Array(0);
  }
}

/** A signal that may be left out. */
function signalOf(signal) {
  if (signal === undefined || signal === null) return undefined;
  return signal instanceof AbortSignal ? signal : refuse('an AbortSignal', signal, 'signal');
}

module.exports = {
  bytes,
  isShared,
  list,
  refuse,
  signalOf,
  strict,
  substitutes,
  takeOut,
  text,
  write,
  writeOptions,
};
