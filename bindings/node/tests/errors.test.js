'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { byGroup } = require('../lib/errors.js');
const { keys, runNode, root, signer, streamtoken, thrown } = require('./support.js');

const { InputError, StreamTokenError, TokenError, errorCodes } = streamtoken;

test('every code has a class of its group, all under one', () => {
  assert.ok(errorCodes.length > 100);
  for (const { code, group, number, exitCode, httpStatus, text } of errorCodes) {
    const Class = byGroup.get(group);
    assert.ok(Class.prototype instanceof StreamTokenError, code);
    assert.equal(streamtoken[Class.name], Class);
    for (const fact of [number, exitCode, httpStatus]) assert.ok(Number.isInteger(fact), code);
    assert.ok(text.length > 0);
  }
  assert.deepEqual([...byGroup.keys()].sort(), ['api', 'input', 'internal', 'key', 'service', 'token']);
  assert.throws(() => errorCodes.push({}), TypeError);
});

test('an error tells its code, number, field and message', () => {
  const error = new TokenError('the token has expired', {
    code: 'token_expired',
    number: 340,
    field: '/exp',
  });
  assert.equal(`${error}`, 'TokenError: the token has expired');
  assert.equal(
    JSON.stringify(error),
    '{"code":"token_expired","number":340,"field":"/exp","message":"the token has expired"}',
  );
  const without = new InputError('no', { code: 'option_type', number: 105 });
  assert.equal('field' in without, false);
  assert.equal(JSON.stringify(without), '{"code":"option_type","number":105,"message":"no"}');
  assert.match(
    inspect(error),
    /^TokenError: the token has expired\n[\s\S]*code: 'token_expired',\s+number: 340/,
  );
});

test('sync and async, import and require have one identity of each class', async () => {
  const esm = await import('../index.mjs');
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(streamtoken).sort());
  for (const [name, value] of Object.entries(streamtoken)) assert.equal(esm[name], value, name);
  const forms = [
    () => signer.sign('no video'),
    () => signer.signAsync('no video'),
    () => streamtoken.verify('no token', keys),
    () => esm.verifyAsync('no token', keys),
  ];
  const classes = [InputError, InputError, TokenError, esm.TokenError];
  for (const [index, form] of forms.entries()) {
    const error = await thrown(form);
    assert.equal(error.constructor, classes[index]);
    assert.ok(error instanceof Error && error instanceof esm.StreamTokenError);
  }
});

test('the errors of a promise show where it was awaited', async () => {
  async function whoAwaits() {
    await signer.signAsync('no video');
  }
  const { stack } = await thrown(whoAwaits);
  assert.match(stack, /at async whoAwaits/);
});

test('no code can come from a string, and intrinsics may be frozen', () => {
  const source = `
    const s = require(${JSON.stringify(root)});
    const key = s.SigningKey.generate();
    const token = new s.Signer(key).sign('v');
    const { sub } = s.verify(token, new s.KeySet(key));
    new s.Signer(key).signAsync('no video').catch(({ code }) => console.log(sub, code));`;
  for (const flag of ['--disallow-code-generation-from-strings', '--frozen-intrinsics']) {
    const { stdout, stderr } = runNode(source, [flag]);
    assert.equal(stdout, 'v identifier_invalid\n', `${flag}: ${stderr}`);
  }
});
