// What a program in TypeScript may say, and what it may not.

import {
  type AccessRule,
  AccessRules,
  APIError,
  APIUserAbortError,
  type Check,
  type CheckId,
  type CheckStatus,
  Client,
  type ClientOptions,
  CloudflareError,
  type CreatedKey,
  CustomerCode,
  describeKey,
  errorCodes,
  explain,
  explainAsync,
  type Finding,
  inspect,
  KeySet,
  type ListedKey,
  lint,
  type PublicKey,
  playbackUrls,
  prepare,
  type Report,
  type RequestOptions,
  rewrite,
  Signer,
  SigningKey,
  type SignOptions,
  type SourceOptions,
  StreamTokenError,
  simulate,
  type Token,
  type TokenCreateParams,
  TokenSource,
  type UrlOptions,
  type Verdict,
  type VerifyOptions,
  verify,
  verifyAsync,
  version,
} from 'streamtoken';

const key = await SigningKey.generateAsync();
const loaded: SigningKey = SigningKey.load(new Uint8Array(3), { id: 'k' });
const half: PublicKey = key.publicKey;
const keys = new KeySet(key, half, loaded.publicKey);
const ids: string[] = Array.from(keys, ({ id }) => id);
const found: PublicKey | undefined = keys.get('k');
const info: { readonly private: boolean; readonly id: string | null } = describeKey('text');

const signer = new Signer(key);
const rules: AccessRule[] = [
  { type: 'ip.geoip.country', action: 'allow', country: ['GB'] },
  { type: 'any', action: 'block' },
];
const options: SignOptions = {
  exp: new Date(),
  nbf: 5n,
  now: 1,
  downloadable: true,
  accessRules: rules,
  flags: { original: true },
  timeFormat: 'string',
};
const token: Token = signer.sign('video', options);
const later: Promise<Token> = signer.signAsync('video', {
  expiresIn: '90m',
  accessRules: new AccessRules(rules),
});
const texts: [string, string, number] = [token.token, `${token}`, token.exp + token.nbf + token.renewAt];
const many = await signer.signMany([{ identifier: 'a' }, { identifier: 'b', expiresIn: 60 }], {
  expiresIn: '1h',
  signal: AbortSignal.timeout(5),
});
for (const result of many) {
  if (result instanceof StreamTokenError) console.error(result.code, result.number, result.field?.length);
  else console.log(result.identifier);
}
const lines: string[] = signer.signLines(['{}', new Uint8Array(2)]);

const context: VerifyOptions = {
  identifier: 'video',
  ip: '192.0.2.1',
  country: 'GB',
  leeway: 5,
  download: true,
};
const claims = verify(token, keys, context);
const again = await verifyAsync('a.b.c', keys);
const facts: [string, number | null, boolean | undefined, unknown] = [
  claims.sub,
  again.nbf,
  claims.flags.original,
  claims.other.iat,
];
const decision: 'allow' | 'block' = claims.accessRules.evaluate({ country: 'GB' }).action;
const unverified: unknown = inspect(token).payload.sub;
const signed: Token = prepare(half, 'video').finish(new ArrayBuffer(256));

const urlOptions: UrlOptions = {
  thumbnail: { time: '1m30s', height: 270 },
  iframe: { muted: true, 'ad-url': 'https://x' },
};
const urls = playbackUrls(token, CustomerCode.fromEnv() ?? 'f33zs165nr7gyfy4', urlOptions);
const download: string | undefined = urls.download;
const html: string = urls.embed() + urls.clipHls + rewrite('https://videodelivery.net/x', token);
const codes: readonly string[] = errorCodes.map(({ code, httpStatus }) => `${code} ${httpStatus.toFixed()}`);
console.log(
  ids,
  found,
  info,
  later,
  texts,
  lines,
  facts,
  decision,
  unverified,
  signed,
  download,
  html,
  codes,
  version,
);

// @ts-expect-error: keys are loaded
new SigningKey('text');
// @ts-expect-error: misspelt
signer.sign('video', { tll: 5 });
// @ts-expect-error: null would restrict nothing
signer.sign('video', { accessRules: null });
// @ts-expect-error: null would accept a token for any video
verify(token, keys, { identifier: null });
// @ts-expect-error: a private key is no set of public ones
verify(token, key);
// @ts-expect-error: no text but for `expiresIn`
signer.sign('video', { exp: '1h' });
// @ts-expect-error: a list goes with its type
signer.sign('video', { accessRules: [{ type: 'any', action: 'allow', country: ['GB'] }] });
// @ts-expect-error: what was not checked cannot stand for what was
const checked: typeof claims = inspect(token);
// @ts-expect-error: a claim cannot be changed
claims.sub = 'other';
// @ts-expect-error: a public key does not sign
new Signer(half);
// @ts-expect-error: this row has no options
playbackUrls(token, 'code', { watch: { muted: true } });
// @ts-expect-error: the fact is a boolean, and verify gives none
const valid: boolean = verify(token, keys);
void [checked, valid];

// Why a token is refused, and what options probably do not mean.
const strict = new Signer(key, { lint: 'deny' });
const level: 'off' | 'warn' | 'deny' = strict.lint;
const asked = { ...context, now: new Date(), duration: 90 };
const report: Report = explain(token, key, asked);
const reports: Report[] = [explain('text'), explain(new Uint8Array(2), keys), await explainAsync('', half)];
const status: CheckStatus = report.check('kid_agrees').status;
const verdicts: Verdict[] = [report.verify, report.platform, ...report.checks.map(({ verify }) => verify)];
const read: string[] = report.findings.map(
  ({ id, cause, remedy }: Check) => `${id} ${cause} ${remedy ?? ''}`,
);
const first: CheckId | undefined = report.findings[0]?.id;
const found1: readonly Finding[] = lint(rules, { now: 5n });
const found2: readonly Finding[] = [...lint(options), ...new AccessRules(rules).lint(), ...token.warnings];
const fields: string[] = [...found1, ...found2].map(({ field, level }) => `${field} ${level}`);
const answers = simulate(rules, [{ ip: '192.0.2.1' }, { country: 'GB' }]);
const needs: ('ip' | 'country' | null)[] = answers.map((answer) => answer.needs);
const waits = prepare(half, 'video', { lint: 'off', expiresIn: 60 }).warnings.length;
console.log(level, reports, status, verdicts, read, first, fields, needs, waits, report.error?.code);
// @ts-expect-error: no such level
new Signer(key, { lint: 'error' });
// @ts-expect-error: no such check
report.check('expire');
// @ts-expect-error: a report cannot be changed
report.verify = 'accepts';
// @ts-expect-error: a lint level is the signer's
signer.sign('video', { lint: 'off' });
// @ts-expect-error: a list of viewers
simulate(rules, { ip: '192.0.2.1' });
// @ts-expect-error: a length in words
explain('text', null, { duration: '1h' });

// Cloudflare's API.
const clientOptions: ClientOptions = {
  apiToken: process.env.CLOUDFLARE_API_TOKEN,
  apiKey: null,
  accountId: 'account',
  baseURL: 'https://example.com/client/v4',
  timeout: 20 * 1000,
  maxRetries: 5,
  deadline: 60_000,
  fetch,
  logger: console,
  logLevel: 'debug',
};

async function asks(): Promise<void> {
  const client = new Client(clientOptions);
  const params: TokenCreateParams = {
    account_id: 'account',
    ...options,
    expiresIn: '1h',
    id: 'k',
    pem: 'text',
  };
  const request: RequestOptions = { timeout: 5000, maxRetries: 0, signal: new AbortController().signal };
  const minted: Token = await client.stream.token.create('video', params, request);
  const local: Token = await Client.local(signer).stream.token.create('video', { accountId: 'account' });
  const made: CreatedKey = await client.stream.keys.create({ account_id: 'account' }, request);
  const usable: SigningKey = made.signingKey();
  const listed: ListedKey[] = await client.stream.keys.list();
  for await (const { id, key_id, created } of client.stream.keys.get())
    console.log(id, key_id, created?.length);
  const word: string = await client.stream.keys.delete(made.id, { account_id: 'account' });
  console.log(minted, local, usable, listed, word, made.pem.length + made.jwk.length);
  // @ts-expect-error: no such option of a call
  await client.stream.token.create('video', {}, { headers: {} });
  // @ts-expect-error: a text in the place of milliseconds
  await client.stream.token.create('video', {}, { timeout: '5s' });
  // @ts-expect-error: misspelt
  await client.stream.token.create('video', { acountId: 'account' });
  // @ts-expect-error: null would restrict nothing
  await client.stream.token.create('video', { accessRules: null });
  // @ts-expect-error: a client is local by a signer
  Client.local(key);
  // @ts-expect-error: fetch tells nothing of connections
  new Client({ connectTimeout: 1000 });
  // @ts-expect-error: a client keeps what it was made with
  client.stream = Client.local(signer).stream;
}

function told(error: unknown): string | undefined {
  if (error instanceof APIUserAbortError) return `${error.cause}`;
  if (error instanceof Client.RateLimitError) return `${error.retryAfter?.toFixed()}`;
  if (error instanceof CloudflareError && error instanceof Client.CloudflareError) console.error(error.code);
  if (!(error instanceof APIError)) throw error;
  const [first] = error.errors;
  const status: number | undefined = error.status;
  return (
    first?.message ?? error.documentationUrl ?? `${status} ${error.cfRay} ${error.attempts} ${error.code}`
  );
}
void asks().catch(told);

// A source of fresh tokens.
async function keeps(): Promise<Token> {
  const options: SourceOptions = {
    expiresIn: '2h',
    accessRules: [],
    onError: ({ message }) => console.log(message),
  };
  const source = new TokenSource(new Signer(key), 'video', options);
  new TokenSource(new Client(), 'video', { accountId: 'account', timeout: 1000, maxRetries: 1 });
  // @ts-expect-error: a fixed time cannot be renewed
  new TokenSource(new Signer(key), 'video', { exp: 1_537_460_365 });
  // @ts-expect-error: it is awaited
  const token: Token = source.token();
  return token ?? (await source.token());
}
void keeps();

// The token service for tests.
import { type StreamServer, startStreamServer } from 'streamtoken/testing';

async function usesTheService(): Promise<number> {
  await using server: StreamServer = await startStreamServer({ timeFormat: 'number' });
  await server.setClock(1_537_456_765);
  await server.setClock(new Date());
  await server.setClock(null, { offset: -60 });
  await server.faults({ status: 429, retryAfter: 1, times: 2 }, { body: 'not_json', path: 'token' });
  // @ts-expect-error: a name on the wire
  await server.faults({ retry_after: 1 });
  const found: KeySet = await server.keys();
  return found.size;
}
void usesTheService();
