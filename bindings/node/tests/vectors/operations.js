'use strict';

// One function an operation. `sync` and `async` are the two forms of the package; what has one form alone
// is the same in both.

const assert = require('node:assert/strict');
const streamtoken = require('../../index.js');
const { content, example, keySetText, timed, unwrapped } = require('./format.js');

const { AccessRules, CustomerCode, KeySet, PublicKey, SigningKey, Signer } = streamtoken;

const key = SigningKey.load(example.pem_base64, { id: example.key_id });
const signer = new Signer(key);
const exampleKeys = new KeySet(key);

/** The two forms. Bytes are as good as strings: the async form takes all texts of keys as bytes. */
const sync = {
  sign: (identifier, options) => signer.sign(identifier, options),
  signLines: (lines, options) => signer.signLines(lines, options),
  verify: (...facts) => streamtoken.verify(...facts),
  explain: (...facts) => streamtoken.explain(...facts),
  signBy: (other, ...facts) => other.sign(...facts),
  text: (text) => text,
};
const async = {
  sign: (identifier, options) => signer.signAsync(identifier, options),
  signLines: (lines, options) => signer.signLinesAsync(lines, options),
  verify: (...facts) => streamtoken.verifyAsync(...facts),
  explain: (...facts) => streamtoken.explainAsync(...facts),
  signBy: (other, ...facts) => other.signAsync(...facts),
  text: (text) => (typeof text === 'string' ? Uint8Array.from(Buffer.from(text)) : text),
};

function described(token) {
  const [header, payload] = token.token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return {
    token,
    header,
    payload,
    exp: token.exp,
    nbf: token.nbf,
    renew_at: token.renewAt,
  };
}

async function sign(form, { input, now }) {
  if (input.options_text !== undefined) return signText(form, input, now);
  const options = timed(unwrapped(input.options ?? {}), now);
  return described(await form.sign(input.identifier, options));
}

/** Options as JSON text are a line of a batch; what it mints is also minted from the parsed text. */
async function signText(form, { identifier, options_text: text }, now) {
  const line = text.replace(/\}$/, `,"identifier":"${identifier}"}`);
  const [answer] = await form.signLines([line], { now });
  const { token, error } = JSON.parse(answer);
  if (error !== undefined) return { error };
  const minted = described(await form.sign(identifier, timed(JSON.parse(text), now)));
  assert.equal(token, minted.token.token);
  return minted;
}

async function batchLine(form, { input, now }) {
  const options = timed(unwrapped(input.options ?? {}), now);
  const [answer] = await form.signLines([content(input, 'line')], options);
  return JSON.parse(answer);
}

async function prepare(form, { input, now }) {
  const options = timed(unwrapped(input.options ?? {}), now);
  const prepared = streamtoken.prepare(key.publicKey, input.identifier, options);
  const signature = input.signature ?? (await form.sign(input.identifier, options)).token.split('.').at(-1);
  const token = prepared.finish(Buffer.from(signature, 'base64url'));
  return { ...described(token), signing_input: prepared.signingInput };
}

async function verify(form, { input, now }) {
  const keys = input.keys === undefined ? exampleKeys : KeySet.fromJwks(form.text(input.keys));
  const context = timed(unwrapped(input.context ?? {}), now);
  return { claims: await form.verify(input.token, keys, context) };
}

/** Failures and warnings alone, unless `whole` asks for every check. */
async function explain(form, { input, now }) {
  const context = timed(unwrapped(input.context ?? {}), now);
  const report = await form.explain(form.text(content(input, 'text')), explainKeys(form, input), context);
  const found = report.checks.filter(({ status }) => status === 'fail' || status === 'warn');
  assert.deepEqual(new Set(report.findings), new Set(found));
  assert.ok(found.every((check) => report.check(check.id) === check && `${report}`.includes(check.cause)));
  return { report: { ...report, checks: input.whole === true ? report.checks : found } };
}

function explainKeys(form, { keys }) {
  if (keys === undefined) return exampleKeys;
  return keys === null ? null : KeySet.fromJwks(form.text(keys));
}

/** Rules, or options by either of the two ways to say the time. */
function lint(_, { input, now }) {
  const [value, ...others] = Object.values(input).map(unwrapped);
  assert.equal(others.length, 0);
  const findings = streamtoken.lint(value, { now });
  assert.deepEqual(streamtoken.lint(timed(value, now)), findings);
  return { findings };
}

async function signLint(form, { input, now }) {
  const strict = new Signer(key, 'lint' in input ? { lint: unwrapped(input.lint) } : undefined);
  const options = timed(unwrapped(input.options ?? {}), now);
  const token = await form.signBy(strict, input.identifier, options);
  const prepared = streamtoken.prepare(key.publicKey, input.identifier, { ...options, lint: input.lint });
  assert.deepEqual(prepared.warnings, token.warnings);
  return { warnings: token.warnings.map(({ id, field }) => ({ id, field })) };
}

/** One signer mints one after the other, and every fresh signer mints the same. */
async function signInTurn(form, { input }) {
  const one = new Signer(key);
  const tokens = [];
  for (const { identifier, options, ...others } of input.mints) {
    assert.deepEqual(others, {});
    const token = await form.signBy(one, identifier, unwrapped(options));
    const fresh = new Signer(key).sign(identifier, unwrapped(options));
    assert.deepEqual(described(fresh), described(token));
    assert.deepEqual(fresh.warnings, token.warnings);
    tokens.push({ token, renew_at: token.renewAt });
  }
  return { tokens };
}

function simulate(_, { input }) {
  return { results: streamtoken.simulate(unwrapped(input.accessRules), unwrapped(input.viewers)) };
}

function keyLoad(form, { input }) {
  const text = form.text(content(input, 'text'));
  const loaded = SigningKey.load(text, { id: input.id });
  const info = streamtoken.describeKey(text, { id: loaded.id });
  assert.equal(info.private, true);
  assert.equal(info.thumbprint, loaded.publicKey.thumbprint);
  return { id: loaded.id, bits: loaded.bits, form: info.form, jwk: JSON.parse(loaded.publicKey.toJwk()) };
}

function publicKeyLoad(form, { input }) {
  const loaded = PublicKey.load(form.text(content(input, 'text')), { id: input.id });
  return {
    id: loaded.id,
    bits: loaded.bits,
    thumbprint: loaded.thumbprint,
    pem: loaded.toPem(),
    jwk: JSON.parse(loaded.toJwk()),
  };
}

function keySet(form, { input }) {
  const keys = KeySet.fromJwks(form.text(keySetText(input)));
  const ids = Array.from(keys, ({ id }) => id);
  assert.equal(keys.size, ids.length);
  for (const id of ids) assert.equal(keys.get(id).id, id);
  return { ids, jwks: JSON.parse(keys.toJwks()) };
}

const exported = {
  pkcs1_pem: () => key.toPkcs1Pem(),
  pkcs8_pem: () => key.toPkcs8Pem(),
  jwk: () => key.toJwk(),
  pem_base64: () => key.toPemBase64(),
  jwk_base64: () => key.toJwkBase64(),
};

function keyExport(form, { input }) {
  const text = exported[input.form]();
  assert.equal(SigningKey.load(form.text(text), { id: key.id }).toJwk(), key.toJwk());
  return { text };
}

function rulesParse(_, { input }) {
  const rules =
    input.text === undefined ? new AccessRules(unwrapped(input.accessRules)) : AccessRules.parse(input.text);
  return { accessRules: rules };
}

function playbackUrls({ input }) {
  const options = unwrapped(input.options ?? {});
  return streamtoken.playbackUrls(
    input.token ?? example.token,
    input.customer_code ?? 'f33zs165nr7gyfy4',
    options,
  );
}

/** The members of the input that an operation knows, and what it does. */
const operations = {
  sign: [['identifier', 'options', 'options_text'], sign],
  batch_line: [['line', 'base64', 'repeat', 'options'], batchLine],
  prepare: [['identifier', 'options', 'signature'], prepare],
  verify: [['token', 'keys', 'context'], verify],
  explain: [['text', 'base64', 'repeat', 'keys', 'context', 'whole'], explain],
  lint: [['accessRules', 'options'], lint],
  sign_lint: [['identifier', 'options', 'lint'], signLint],
  sign_in_turn: [['mints'], signInTurn],
  simulate: [['accessRules', 'viewers'], simulate],
  inspect: [['token'], (_, { input }) => streamtoken.inspect(input.token)],
  key_load: [['text', 'base64', 'repeat', 'id'], keyLoad],
  key_describe: [
    ['text', 'base64', 'repeat', 'id'],
    (form, { input }) => streamtoken.describeKey(form.text(content(input, 'text')), { id: input.id }),
  ],
  public_key_load: [['text', 'base64', 'repeat', 'id'], publicKeyLoad],
  key_set: [['jwks', 'member', 'repeat'], keySet],
  key_export: [['form'], keyExport],
  rules_parse: [['accessRules', 'text'], rulesParse],
  rules_evaluate: [
    ['accessRules', 'viewer'],
    (_, { input }) => new AccessRules(unwrapped(input.accessRules)).evaluate(unwrapped(input.viewer)),
  ],
  rules_allow_only: [
    ['who'],
    (_, { input }) => ({ accessRules: AccessRules.allowOnly(unwrapped(input.who)) }),
  ],
  rules_block: [['who'], (_, { input }) => ({ accessRules: AccessRules.block(unwrapped(input.who)) })],
  playback_urls: [['token', 'customer_code', 'options'], (_, each) => playbackUrls(each)],
  embed: [['token', 'customer_code', 'options'], (_, each) => ({ html: playbackUrls(each).embed() })],
  customer_code: [
    ['text'],
    (_, { input }) => {
      const code = CustomerCode.parse(input.text);
      return { customer_code: code, host: code.host };
    },
  ],
  rewrite: [
    ['url', 'token'],
    (_, { input }) => ({ url: streamtoken.rewrite(input.url, input.token ?? example.token) }),
  ],
};

module.exports = { async, operations, sync };
