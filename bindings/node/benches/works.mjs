// What is measured: the same job by each library, its keys read before.

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import streamtoken from '../index.js';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const tools = process.env.STREAMTOKEN_TOOLS ?? path.join(root, 'target/node/tools');
const require = createRequire(path.join(tools, 'package.json'));
const fastJwt = require('fast-jwt');
const jsonwebtoken = require('jsonwebtoken');
const jose = require('jose');

const vectors = path.join(root, 'crates/streamtoken/vectors');
const example = JSON.parse(readFileSync(path.join(vectors, 'example-key.json'), 'utf8'));
const video = 'ea95132c15732412d22c1476fa83f27a';

const key = streamtoken.SigningKey.load(example.pem_base64, { id: example.key_id });
const keys = new streamtoken.KeySet(key);
const signer = new streamtoken.Signer(key);
const privatePem = key.toPkcs8Pem();
const publicPem = key.publicKey.toPem();
const privateKey = createPrivateKey(privatePem);
const publicKey = createPublicKey(publicPem);

const token = signer.sign(video, { expiresIn: '1d' });
const [header, payload, signature] = token.token.split('.');
const message = Buffer.from(`${header}.${payload}`);
const signatureBytes = Buffer.from(signature, 'base64url');

/** The claims of a token of ours, as one hands them to another library. */
function claims() {
  const now = Math.floor(Date.now() / 1000);
  return { sub: video, kid: key.id, exp: now + 3600, nbf: now - 3600 };
}

const fastSign = fastJwt.createSigner({
  key: privatePem,
  algorithm: 'RS256',
  kid: key.id,
  noTimestamp: true,
});
const fastVerify = fastJwt.createVerifier({ key: publicPem, algorithms: ['RS256'], cache: false });
const jsonwebtokenOptions = { algorithm: 'RS256', keyid: key.id, noTimestamp: true };

/** By job and library; a work may answer with a promise. */
export const works = {
  sign: {
    streamtoken: () => signer.sign(video),
    'crypto.sign alone': () => sign('sha256', message, privateKey),
    'fast-jwt': () => fastSign(claims()),
    jose: () => new jose.SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: key.id }).sign(privateKey),
    jsonwebtoken: () => jsonwebtoken.sign(claims(), privateKey, jsonwebtokenOptions),
  },
  verify: {
    streamtoken: () => streamtoken.verify(token, keys, { identifier: video }),
    'crypto.verify alone': () => verify('sha256', message, publicKey, signatureBytes),
    'fast-jwt': () => fastVerify(token.token),
    jose: () => jose.jwtVerify(token.token, publicKey, { algorithms: ['RS256'], subject: video }),
    jsonwebtoken: () =>
      jsonwebtoken.verify(token.token, publicKey, { algorithms: ['RS256'], subject: video }),
  },
};

/** Does a work `n` times; what that took, in nanoseconds. */
export async function block(work, n) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < n; index += 1) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  return Number(process.hrtime.bigint() - start);
}
