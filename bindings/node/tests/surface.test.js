'use strict';

// Names, options, defaults and codes of the core and of this package are the same set.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { settle } = require('../lib/errors.js');
const native = require('../lib/native.js');
const manifest = require('../../../package.json');
const { key, keys, signer, streamtoken, thrown, video } = require('./support.js');

const surface = JSON.parse(settle(native.surface()));
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const now = 1_537_456_765;

/** The names that the refusal of a misspelt option lists. */
async function known(work) {
  const { code, message } = await thrown(work);
  assert.equal(code, 'option_unknown');
  return /(?:there are|known here:) (.*)$/.exec(message)[1].split(', ');
}

test('the version is one', () => {
  assert.equal(streamtoken.version, surface.version);
  assert.equal(manifest.version, surface.version);
});

test('options have the names of the core, in both spellings', async () => {
  const misspelt = { 'no such option': 1 };
  assert.deepEqual(await known(() => signer.sign(video, misspelt)), surface.sign_options);
  assert.deepEqual(await known(() => streamtoken.verify('', keys, misspelt)), surface.verify_options);
  const urls = (options) => streamtoken.playbackUrls(signer.sign(video), 'f33zs165nr7gyfy4', options);
  assert.deepEqual(await known(() => urls(misspelt)), surface.playback_urls);
  for (const name of surface.sign_options.filter((other) => other !== 'accessRules')) {
    for (const spelling of [name, camel(name)]) signer.sign(video, { [spelling]: null });
    const twice = camel(name) === name ? {} : { [name]: null, [camel(name)]: null };
    if (Object.keys(twice).length === 2) {
      assert.equal((await thrown(() => signer.sign(video, twice))).code, 'json_duplicate_member');
    }
  }
  for (const [row, options] of Object.entries(surface.url_options)) {
    const given = Object.fromEntries(options.map((name) => [name, null]));
    for (const spelling of [row, camel(row)]) urls({ [spelling]: given });
  }
});

test('explaining and linting have the names of the core', async () => {
  const misspelt = { 'no such option': 1 };
  assert.deepEqual(await known(() => streamtoken.explain('', keys, misspelt)), surface.explain_options);
  for (const name of surface.explain_options.filter((other) => other !== 'identifier')) {
    streamtoken.explain('', keys, { [name]: null });
  }
  const { checks } = streamtoken.explain('');
  assert.deepEqual(
    checks.map(({ id }) => id),
    surface.checks,
  );
  for (const level of surface.lint_levels)
    assert.equal(new streamtoken.Signer(key, { lint: level }).lint, level);
  const single = [{ type: 'ip.src', action: 'allow', ip: ['10.0.0.1'] }];
  const warnings = streamtoken.lint({ accessRules: single, expiresIn: 5, flags: { original: true } });
  for (const { id, level } of warnings) {
    assert.equal(level, 'warning');
    assert.ok(surface.warnings.includes(id), id);
  }
  assert.ok(warnings.length > 5);
});

test('tokens, claims and URLs have the members of the core', () => {
  const token = signer.sign(video, { downloadable: true });
  const tokenNames = ['token', ...Object.keys(token)];
  assert.deepEqual(tokenNames.sort(), surface.token.map(camel).sort());
  const claims = streamtoken.verify(token, keys);
  assert.deepEqual(Object.keys(claims).sort(), surface.claims.map(camel).sort());
  const urls = streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4');
  assert.deepEqual(Object.keys(urls), surface.playback_urls.map(camel));
  assert.deepEqual(Object.keys(urls.toJSON()), surface.playback_urls);
});

test('codes are those of the core', () => {
  const ours = streamtoken.errorCodes.map(({ httpStatus, exitCode, ...rest }) => ({
    ...rest,
    http_status: httpStatus,
    exit_code: exitCode,
  }));
  assert.deepEqual(ours, surface.errors);
});

test('defaults and limits are those of the core', async () => {
  const token = signer.sign(video, { now });
  assert.equal(token.exp - now, surface.defaults.expires_in);
  assert.equal(now - token.nbf, surface.defaults.head_start);
  const code = async (work) => (await thrown(work)).code;
  const { limits } = surface;
  const long = (options) => signer.sign(video, { now, ...options });
  assert.equal(long({ expiresIn: limits.lifetime }).exp, now + limits.lifetime);
  assert.equal(await code(() => long({ expiresIn: limits.lifetime + 1 })), 'exp_too_far');
  const leeway = (seconds) => streamtoken.verify(token, keys, { now, leeway: seconds });
  assert.equal(leeway(limits.leeway).sub, video);
  assert.equal(await code(() => leeway(limits.leeway + 1)), 'leeway_too_large');
  assert.equal(await code(() => streamtoken.SigningKey.load('x'.repeat(limits.key + 1))), 'key_too_large');
  assert.equal(await code(() => streamtoken.verify('x'.repeat(limits.token + 1), keys)), 'token_too_large');
  const [answer] = signer.signLines([' '.repeat(limits.line + 1)]);
  assert.equal(JSON.parse(answer).error.code, 'line_too_long');
  const values = (count) => signer.sign(video, { exp: new Array(count).fill(0) });
  assert.equal(await code(() => values(limits.values - 2)), 'time_type');
  assert.equal(await code(() => values(limits.values - 1)), 'option_too_large');
  // The options, `exp` and two items are four values, and 512 characters of text are one.
  const text = (count) => signer.sign(video, { exp: [0, 'x'.repeat(512 * count + 511)] });
  assert.equal(await code(() => text(limits.values - 4)), 'time_type');
  assert.equal(await code(() => text(limits.values - 3)), 'option_too_large');
});

test('nesting ends where the nesting of JSON ends', async () => {
  const nested = (levels) => (levels === 0 ? 1 : [nested(levels - 1)]);
  const code = async (levels) => (await thrown(() => signer.sign(video, { exp: nested(levels) }))).code;
  assert.deepEqual([await code(31), await code(32)], ['time_type', 'json_too_deep']);
});

test('describeKey tells what the core tells', () => {
  const info = streamtoken.describeKey(key.toJwk());
  assert.deepEqual(Object.keys(info), ['form', 'private', 'id', 'bits', 'exponent', 'thumbprint']);
  assert.deepEqual([info.form, info.private, info.id, info.exponent], ['a JWK', true, key.id, 65_537]);
});

test('a test may put something else in the place of what is read later', (t) => {
  const place = require.resolve('../index.js');
  const { [place]: loaded } = require.cache;
  t.after(() => {
    require.cache[place] = loaded;
  });
  delete require.cache[place];
  const fresh = require('../index.js');
  const stub = () => [];
  fresh.lint = stub;
  assert.equal(fresh.lint, stub);
  assert.notEqual(loaded.exports.lint, stub);
});
