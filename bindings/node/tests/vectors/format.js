'use strict';

// The format of the golden vectors, see crates/streamtoken/vectors/README.md.

const assert = require('node:assert/strict');
const { readFileSync, readdirSync } = require('node:fs');
const path = require('node:path');

const folder = path.join(__dirname, '../../../../crates/streamtoken/vectors');
const example = readJson('example-key.json');

function readJson(name) {
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
}

const MEMBERS = ['id', 'comment', 'flags', 'operation', 'now', 'input', 'expect'];

/** Every case of every file. */
function cases() {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'example-key.json');
  return names.flatMap((name) => {
    const file = readJson(name);
    assert.deepEqual(Object.keys(file).sort(), ['cases', 'comment', 'flags'], name);
    for (const each of file.cases) {
      knowsOnly(each, MEMBERS, each.id);
      for (const flag of each.flags ?? []) assert.ok(flag in file.flags, `${each.id}: no note on ${flag}`);
    }
    return file.cases;
  });
}

function knowsOnly(object, names, id) {
  for (const name of Object.keys(object)) assert.ok(names.includes(name), `${id}: unknown member ${name}`);
}

/** `{"$float": "NaN"}` stands for a number that JSON cannot say. */
function unwrapped(value) {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$float === 'string') return Number(value.$float);
  const members = Object.entries(value).map(([name, member]) => [name, unwrapped(member)]);
  return Object.fromEntries(members);
}

/** The text or bytes that an input describes. */
function content({ base64, repeat = 1, ...input }, name) {
  return base64 === undefined ? input[name].repeat(repeat) : Buffer.from(base64, 'base64');
}

/** A JWK set: as text, or as many copies of `member` as `repeat` says, `{n}` in each replaced by its number. */
function keySetText({ jwks, member, repeat }) {
  if (member === undefined) return jwks;
  const members = Array.from({ length: repeat }, (_, n) => member.replaceAll('{n}', `${n}`));
  return `{"keys":[${members.join(',')}]}`;
}

/** Options with the case's time where they do not say another. */
function timed(options, now) {
  if (now === undefined || typeof options !== 'object' || options === null || Array.isArray(options)) {
    return options;
  }
  return { ...options, now: options.now ?? now };
}

/** Compares a result with the golden one, as JSON. */
function judge(each, found) {
  assert.deepEqual(JSON.parse(JSON.stringify(found)), each.expect, `${each.id} (${each.comment})`);
}

module.exports = { cases, content, example, judge, keySetText, knowsOnly, timed, unwrapped };
