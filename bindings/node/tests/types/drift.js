'use strict';

// Compares index.d.ts with what the package really has: writes down the members of each class and the
// options of the core as types, and lets the compiler say whether they are the same.

const { spawnSync } = require('node:child_process');
const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const streamtoken = require('../../index.js');
const { settle } = require('../../lib/errors.js');
const { made } = require('../../lib/inspect.js');
const native = require('../../lib/native.js');

const root = path.join(__dirname, '../../../..');
const folder = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'node/drift');
const surface = JSON.parse(settle(native.surface()));
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** Instances that have members of their own. */
const key = streamtoken.SigningKey.generate();
const token = new streamtoken.Signer(key).sign('video', { downloadable: true });
const instances = {
  Client: streamtoken.Client.local(new streamtoken.Signer(key)),
  CreatedKey: new streamtoken.CreatedKey(made, {}),
  Report: streamtoken.explain(token),
  Token: token,
  Claims: streamtoken.verify(token, new streamtoken.KeySet(key)),
  Unverified: streamtoken.inspect(token),
  PlaybackUrls: streamtoken.playbackUrls(token, 'f33zs165nr7gyfy4'),
};
const facts = { code: '', number: 0, field: '' };

function union(names) {
  const types = names.map((name) =>
    typeof name === 'symbol' ? `typeof ${name.description}` : JSON.stringify(name),
  );
  return types.length === 0 ? 'never' : types.join(' | ');
}

/** What a class shows on its instances; how it is inspected is nobody's business. */
function instanceMembers(name, Class) {
  const custom = Symbol.for('nodejs.util.inspect.custom');
  const isError = Class.prototype instanceof Error;
  const own = Object.keys(isError ? new Class('', facts) : (instances[name] ?? {}));
  const members = [...Reflect.ownKeys(Class.prototype), ...(isError ? inherited(Class) : []), ...own];
  return [...new Set(members)].filter(
    (member) => member !== 'constructor' && member !== custom && member !== 'name',
  );
}

/** The members of the classes between this class of errors and `Error`. */
function inherited(Class) {
  const Base = Object.getPrototypeOf(Class);
  return Base === Error ? [] : [...Reflect.ownKeys(Base.prototype), ...inherited(Base)];
}

function staticMembers(Class) {
  return Reflect.ownKeys(Class).filter((member) => !['length', 'name', 'prototype'].includes(member));
}

const lines = [
  `import * as s from ${JSON.stringify(path.join(root, 'bindings/node/index.mjs'))};`,
  'type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : A) : Exclude<A, B>;',
];
let count = 0;
function same(what, left, names) {
  count += 1;
  const right = typeof names === 'string' ? names : union(names);
  lines.push(`const same${count}: Same<${left}, ${right}> = true; // ${what}`);
}

same('exports', 'keyof typeof s', Object.keys(streamtoken));
for (const [name, value] of Object.entries(streamtoken)) {
  if (typeof value !== 'function' || !/^class/.test(String(value))) continue;
  const base = value.prototype instanceof Error ? ['keyof typeof Error', 'keyof Error'] : ['never', 'never'];
  same(`${name}, static`, `Exclude<keyof typeof s.${name}, 'prototype' | ${base[0]}>`, staticMembers(value));
  same(`${name}, instances`, `Exclude<keyof s.${name}, ${base[1]}>`, instanceMembers(name, value));
}
same('sign options', 'keyof s.SignOptions', surface.sign_options.map(camel));

/** Options by their JavaScript names. How long to connect is not `fetch`'s to say. */
const kept = (names) => names.filter((name) => name !== 'connect_timeout').map(camel);
const official = { baseUrl: 'baseURL' };
const clientOptions = kept(surface.client_options).map((name) => official[name] ?? name);
same('client options', 'keyof s.ClientOptions', [...clientOptions, 'fetch', 'logger', 'logLevel']);
const limits = kept(surface.call_options).filter((name) => name !== 'accountId');
same('request options', 'keyof s.RequestOptions', [...limits, 'signal']);
const params = kept(surface.token_params).filter((name) => !limits.includes(name));
same('token params', 'keyof s.TokenCreateParams', [...params, 'account_id']);
same('account params', 'keyof s.AccountParams', ['accountId', 'account_id']);
same('verify options', 'keyof s.VerifyOptions', surface.verify_options.map(camel));
same('explain options', 'keyof s.ExplainOptions', surface.explain_options.map(camel));
same('prepare options', 'keyof s.PrepareOptions', [...surface.sign_options.map(camel), 'lint']);
same('lint levels', 's.LintLevel', surface.lint_levels);
same('checks', 's.CheckId', surface.checks);
const report = streamtoken.explain('', null);
same('members of a check', 'keyof s.Check', Object.keys(report.checks[0]));
const [finding] = streamtoken.lint([{}]);
same('members of a finding', 'keyof s.Finding', Object.keys(finding));
const [simulated] = streamtoken.simulate([], [{}]);
same('members of a simulation', 'keyof s.Simulated', Object.keys(simulated));
same('rows of URL options', 'keyof s.UrlOptions', Object.keys(surface.url_options).map(camel));
for (const [row, names] of Object.entries(surface.url_options)) {
  // A row without options is a record of nothing, by any name.
  const wanted = names.length === 0 ? `keyof Record<string, never>` : union(names);
  same(`options of ${row}`, `keyof NonNullable<s.UrlOptions['${camel(row)}']>`, wanted);
}
same('error codes', 'keyof s.ErrorCode', Object.keys(streamtoken.errorCodes[0]));
same('groups', "s.ErrorCode['group']", ['input', 'key', 'token', 'api', 'service', 'internal']);

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'drift.mts'), `${lines.join('\n')}\n`);
writeFileSync(
  path.join(folder, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'nodenext',
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules/@types')],
    },
    files: ['drift.mts'],
  }),
);
const tsc = path.join(root, 'node_modules/.bin/tsc');
const { status, stdout } = spawnSync(tsc, ['--project', folder, '--pretty', 'false'], { encoding: 'utf8' });
const wrong = stdout.split('\n').flatMap((line) => {
  const [, number] = /drift\.mts\((\d+),/.exec(line) ?? [];
  return number === undefined
    ? []
    : [`${lines[number - 1].split(' // ')[1]}: ${line.split(': ').slice(1).join(': ')}`];
});
if (status !== 0) {
  console.error(`index.d.ts and the package differ\n${wrong.join('\n') || stdout}`);
  process.exit(1);
}
console.log(`index.d.ts and the package agree in ${count} sets of names`);
