'use strict';

// What rules and options probably do not mean: at minting, and before.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inspect } = require('node:util');
const { key, keys, refused, signer, streamtoken, thrown, video } = require('./support.js');

const { AccessRules, Client, Signer, lint, prepare, simulate } = streamtoken;
const now = 1_537_456_765;

/** The mistake of Cloudflare's template: one address is allowed, and nobody is blocked. */
const template = [{ type: 'ip.src', action: 'allow', ip: ['93.184.216.34'] }];
const mistake = 'allow_without_block';
const ids = (findings) => findings.map(({ id }) => id);

/** Every way to mint. */
const ways = {
  sign: (by, options) => by.sign(video, options),
  signAsync: (by, options) => by.signAsync(video, options),
  signMany: async (by, options) => {
    const [answer] = await by.signMany([{ identifier: video }], options);
    if (answer instanceof streamtoken.StreamTokenError) throw answer;
    return answer;
  },
  'Client.local': (by, { now: _, ...options }) => Client.local(by).stream.token.create(video, options),
  prepare: async (by, options) => {
    const { lint: level } = by;
    const prepared = prepare(by.key.publicKey, video, { ...options, lint: level });
    const signature = new Signer(by.key).sign(video, options).token.split('.')[2];
    const token = prepared.finish(Buffer.from(signature, 'base64url'));
    assert.deepEqual(prepared.warnings, token.warnings);
    return token;
  },
};

test('the mistake of the template is named when signing, by default, in every way', async () => {
  for (const [name, mint] of Object.entries(ways)) {
    const token = await mint(signer, { now, accessRules: template });
    const [first] = token.warnings;
    assert.deepEqual([first.id, first.level, first.field], [mistake, 'warning', '/accessRules/0'], name);
    assert.ok(inspect(token).includes(mistake), name);
    assert.ok(Object.isFrozen(token.warnings) && token.warnings.every(Object.isFrozen), name);
    assert.deepEqual(Object.keys(first), ['id', 'level', 'field', 'message', 'remedy']);
  }
});

test('the level deny refuses in every way, and the level off finds nothing', async () => {
  const strict = new Signer(key, { lint: 'deny' });
  const silent = new Signer(key, { lint: 'off' });
  for (const [name, mint] of Object.entries(ways)) {
    await refused(() => mint(strict, { now, accessRules: template }), 'lint_denied', '/accessRules/0').catch(
      (error) => assert.fail(`${name}: ${error.message}`),
    );
    assert.ok((await mint(strict, { now })).token, name);
    assert.deepEqual((await mint(silent, { now, accessRules: template })).warnings, [], name);
  }
  const [answer] = strict.signLines([JSON.stringify({ identifier: video, accessRules: template })]);
  assert.equal(JSON.parse(answer).error.code, 'lint_denied');
});

test('a token without warnings shows none', () => {
  const token = signer.sign(video, { now });
  assert.deepEqual(token.warnings, []);
  assert.ok(Object.isFrozen(token.warnings));
  assert.ok(!inspect(token).includes('warnings'));
  assert.ok(!inspect(prepare(key.publicKey, video)).includes('warnings'));
});

test('a lint level is one of three, and the only option of a signer', async () => {
  assert.equal(signer.lint, 'warn');
  for (const level of ['off', 'warn', 'deny']) assert.equal(new Signer(key, { lint: level }).lint, level);
  for (const none of [undefined, {}, { lint: undefined }, { lint: null }]) {
    assert.equal(new Signer(key, none).lint, 'warn');
  }
  const makers = [
    (options) => new Signer(key, options),
    (options) => prepare(key.publicKey, video, { now, ...options }),
  ];
  for (const make of makers) {
    for (const level of ['WARN', 'error', '', '\ud800']) {
      await refused(() => make({ lint: level }), 'option_value', '/lint');
    }
    for (const level of [true, 1, ['warn'], {}, new String('warn'), () => 'warn']) {
      await refused(() => make({ lint: level }), 'option_type', '/lint');
    }
    await refused(() => make({ lnit: 'deny' }), 'option_unknown', '/lnit');
  }
  for (const options of [null, 'deny', [], new Map([['lint', 'deny']])]) {
    await refused(() => new Signer(key, options), 'option_type', undefined);
  }
  await refused(() => signer.sign(video, { lint: 'off' }), 'option_unknown', '/lint');
});

test('rules and options are linted alike, and nothing that is refused is thrown', () => {
  const findings = lint(template);
  assert.equal(findings[0].id, mistake);
  assert.ok(Object.isFrozen(findings) && findings.every(Object.isFrozen));
  const rules = new AccessRules(template);
  for (const same of [
    lint(rules),
    rules.lint(),
    lint({ accessRules: rules }),
    lint({ accessRules: template }),
  ]) {
    assert.deepEqual(same, findings);
  }
  assert.deepEqual(lint([]), []);
  assert.deepEqual(lint({}), []);
  for (const each of [{ expiresIn: 5 }, { expires_in: 5 }]) {
    assert.deepEqual(ids(lint(each, { now })), ['lifetime_short']);
  }
  for (const time of [now, BigInt(now), new Date(now * 1000 + 999)]) {
    assert.deepEqual(lint({ exp: now + 60 }, { now: time }), []);
    assert.deepEqual(lint({ exp: new Date((now + 60) * 1000), now: time }), []);
  }
  assert.deepEqual(ids(lint({ exp: now + 60 })), ['exp_not_after_now']);
  for (const wrong of [() => 1, new Map(), new Date(), 7, null, undefined, { exp: () => 1 }]) {
    const [finding] = lint(wrong);
    assert.equal(finding?.level, 'error', inspect(wrong));
  }
});

test('the time is the only option of a lint', async () => {
  await refused(() => lint([], { exp: now }), 'option_unknown', '/exp');
  await refused(() => lint([], { now: '2026' }), 'time_type', '/now');
  await refused(() => lint([], { now: now * 1000 }), 'time_in_milliseconds', '/now');
  await refused(() => lint([], null), 'option_type', undefined);
});

test('each viewer has an answer, in order, and a rule that lacks a fact is named', async () => {
  const rules = AccessRules.allowOnly([{ country: ['GB'] }, { ip: ['192.0.2.0/24'] }]);
  const viewers = [{ country: 'gb' }, { country: 'FR', ip: '::ffff:192.0.2.7' }, { ip: '8.8.8.8' }, {}];
  const results = simulate(rules, viewers);
  assert.deepEqual(
    results.map(({ action, rule, needs }) => [action, rule, needs]),
    [
      ['allow', 0, null],
      ['allow', 1, null],
      ['unknown', null, 'country'],
      ['unknown', null, 'country'],
    ],
  );
  assert.deepEqual(results[1].viewer, { ip: '192.0.2.7', country: 'FR' });
  assert.deepEqual(results, simulate(rules.toJSON(), viewers));
  assert.ok(
    Object.isFrozen(results) && Object.isFrozen(results[1].viewer) && Object.isFrozen(results[0].matches),
  );
  const { accessRules } = streamtoken.verify(signer.sign(video, { now, accessRules: rules }), keys, {
    now,
    country: 'GB',
  });
  assert.deepEqual(simulate(accessRules, viewers), results);
  await refused(() => simulate(rules, {}), 'option_type', '/viewers');
  await refused(() => simulate(rules), 'option_type', '/viewers');
  await refused(() => simulate(rules, [{ ip: 'x' }]), 'viewer_ip_invalid', '/viewers/0/ip');
  await refused(() => simulate(rules, [{}, { city: 'x' }]), 'option_unknown', '/viewers/1/city');
  await refused(() => simulate(null, []), 'option_null', '/accessRules');
  await refused(() => simulate({}, []), 'option_type', '/accessRules');
});

test('a million rules or viewers end soon, and so does what has no end', async () => {
  const [rule] = template;
  const many = new Array(1_000_000).fill(rule);
  const found = lint(new Array(9_000).fill(rule));
  assert.ok(found.length <= 101, `${found.length}`);
  for (const work of [
    () => lint(many),
    () => lint({ accessRules: many }),
    () => new AccessRules(many),
    () => simulate(many, []),
    () => simulate([], many),
    () => signer.sign(video, { accessRules: many }),
  ]) {
    await refused(work, 'option_too_large', undefined);
  }
  const cyclic = [];
  cyclic.push(cyclic);
  await refused(() => lint(cyclic), 'json_too_deep', undefined);
  await refused(() => simulate([], cyclic), 'json_too_deep', undefined);
});

test('an exception of the caller passes through a lint, a simulation and a signer', async () => {
  const mine = { mine: true };
  const fights = () => {
    throw mine;
  };
  const got = (name) => Object.defineProperty({}, name, { get: fights, enumerable: true });
  for (const work of [
    () => lint(got('exp')),
    () => lint([got('type')]),
    () => lint([], got('now')),
    () => simulate(new Proxy([0], { get: fights }), []),
    () => simulate([], [got('ip')]),
    () => new Signer(key, got('lint')),
    () => prepare(key.publicKey, video, got('lint')),
  ]) {
    assert.equal(await thrown(work), mine, String(work));
  }
  assert.equal(lint(new Proxy(template, {}))[0].id, mistake);
  assert.equal(simulate(new Proxy(template, {}), new Proxy([{ ip: '8.8.8.8' }], {}))[0].action, 'allow');
});
