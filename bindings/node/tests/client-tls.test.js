'use strict';

// Every call over TLS, with an authority that only those know who were told of it.

const assert = require('node:assert/strict');
const childProcess = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { connect } = require('node:net');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { createServer } = require('node:tls');
const { promisify } = require('node:util');
const { root, run, streamtoken, video } = require('./support.js');
const { startStreamServer } = require('../testing.js');

const execFile = promisify(childProcess.execFile);

const { KeySet, SigningKey, inspect, verify } = streamtoken;
const config = `
[req]
distinguished_name = name
prompt = no
[name]
CN = streamtoken-tests
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[server]
subjectAltName = IP:127.0.0.1
`;
const certificates = [
  '-extensions authority -keyout authority.key -out authority.pem',
  '-extensions server -CA authority.pem -CAkey authority.key -keyout server.key -out server.pem',
];

let folder;
let server;
let front;
let baseURL;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'streamtoken-'));
  writeFileSync(path.join(folder, 'config'), config);
  for (const more of certificates) {
    const made = `req -x509 -config config -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ${more}`;
    const { status, stderr } = run('openssl', made.split(' '), { cwd: folder });
    assert.equal(status, 0, stderr);
  }
  server = await startStreamServer();
  // The emulator has no TLS of its own.
  const { port, pathname } = new URL(server.baseUrl);
  const read = (name) => readFileSync(path.join(folder, name));
  front = createServer({ key: read('server.key'), cert: read('server.pem') }, (socket) => {
    const inner = connect(Number(port), '127.0.0.1');
    for (const end of [socket, inner]) end.on('error', () => {});
    socket.pipe(inner).pipe(socket);
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  baseURL = `https://127.0.0.1:${front.address().port}${pathname}`;
});
after(async () => {
  front?.close();
  await server?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** What a program with the client prints, as JSON. Whom Node.js trusts is settled when it starts. */
async function program(source, env) {
  const { apiToken, accountId } = server;
  const whole = `
    const { Client } = require(${JSON.stringify(root)});
    const client = new Client(${JSON.stringify({ apiToken, accountId, baseURL })});
    (async () => console.log(JSON.stringify(await (async () => {${source}})())))();`;
  const { NODE_EXTRA_CA_CERTS, ...others } = process.env;
  const options = { env: { ...others, ...env }, timeout: 60_000 };
  return JSON.parse((await execFile(process.execPath, ['--eval', whole], options)).stdout);
}

test('every call is made over TLS', async () => {
  const source = `
    const options = { downloadable: true, expiresIn: 60, flags: { original: true }, accessRules: [{ type: 'any', action: 'allow' }] };
    const token = await client.stream.token.create('${video}', options);
    const made = await client.stream.keys.create();
    const listed = await client.stream.keys.list();
    const word = await client.stream.keys.delete(made.id);
    return { token, made, jwk: made.jwk, listed, word, left: await client.stream.keys.list() };`;
  const found = await program(source, { NODE_EXTRA_CA_CERTS: path.join(folder, 'authority.pem') });
  const claims = verify(found.token, new KeySet(server.signingKey), { identifier: video, download: true });
  assert.equal(claims.flags.original, true);
  assert.deepEqual(inspect(found.token).payload.accessRules, [{ type: 'any', action: 'allow' }]);
  assert.equal(SigningKey.load(found.jwk, { id: found.made.id }).id, found.made.id);
  assert.deepEqual([found.listed.length, found.left.length, found.word], [1, 0, 'Revoked']);
});

test('an authority that nobody told of is refused at once', async () => {
  const source = `return client.stream.token.create('${video}').catch((error) => ({ name: error.name, ...error }));`;
  const { name, code, attempts } = await program(source, {});
  assert.deepEqual([name, code, attempts], ['APIConnectionError', 'api_tls', 1]);
});
