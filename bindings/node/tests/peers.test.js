'use strict';

// Independent implementations: Node's crypto, WebCrypto and npm's jose.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { test } = require('node:test');
const { key, keys, signer, streamtoken, video } = require('./support.js');

const { KeySet, PublicKey, SigningKey, Signer } = streamtoken;
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Checks that a signature by `sign` is one by `signer`, and that each side verifies the other. */
function agree(ours, privateKey) {
  const token = new Signer(ours).sign(video);
  const [header, payload, signature] = token.token.split('.');
  const message = Buffer.from(`${header}.${payload}`);
  const publicKey = crypto.createPublicKey(privateKey);
  assert.ok(crypto.verify('sha256', message, publicKey, Buffer.from(signature, 'base64url')));
  const theirs = crypto.sign('sha256', message, privateKey).toString('base64url');
  assert.equal(theirs, signature);
}

test("jose verifies our tokens with our exported JWK, and Node's crypto our signatures", async () => {
  const { createLocalJWKSet, importJWK, jwtVerify } = await import('jose');
  const token = signer.sign(video, { downloadable: true });
  const jwk = await importJWK(JSON.parse(key.publicKey.toJwk()));
  const { payload, protectedHeader } = await jwtVerify(`${token}`, jwk, {
    algorithms: ['RS256'],
    subject: video,
  });
  assert.deepEqual(protectedHeader, { alg: 'RS256', kid: key.id });
  assert.deepEqual(payload, { sub: video, kid: key.id, exp: token.exp, nbf: token.nbf, downloadable: true });
  const set = createLocalJWKSet(JSON.parse(keys.toJwks()));
  assert.equal((await jwtVerify(`${token}`, set)).payload.sub, video);
});

test('jose mints what we verify', async () => {
  const { SignJWT, importPKCS8 } = await import('jose');
  const theirs = await importPKCS8(key.toPkcs8Pem(), 'RS256');
  const token = await new SignJWT({ sub: video, iat: 1, custom: { __proto__: null, a: [1] } })
    .setProtectedHeader({ alg: 'RS256', kid: key.id, typ: 'JWT' })
    .setExpirationTime('1h')
    .sign(theirs);
  const claims = streamtoken.verify(token, keys, { identifier: video });
  assert.deepEqual(claims.other, { iat: 1, custom: { a: [1] } });
});

test("our exports load in Node's crypto and in WebCrypto", async () => {
  const loads = {
    pkcs1: crypto.createPrivateKey(key.toPkcs1Pem()),
    pkcs8: crypto.createPrivateKey(key.toPkcs8Pem()),
    jwk: crypto.createPrivateKey({ key: JSON.parse(key.toJwk()), format: 'jwk' }),
    pem_base64: crypto.createPrivateKey(Buffer.from(key.toPemBase64(), 'base64')),
  };
  for (const loaded of Object.values(loads)) agree(key, loaded);
  const spki = crypto.createPublicKey(key.publicKey.toPem());
  assert.ok(spki.equals(crypto.createPublicKey(loads.jwk)));

  const der = loads.pkcs8.export({ type: 'pkcs8', format: 'der' });
  const imports = [
    await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']),
    await crypto.subtle.importKey('jwk', JSON.parse(key.toJwk()), algorithm, true, ['sign']),
  ];
  for (const theirs of imports) {
    const prepared = streamtoken.prepare(key.publicKey, video);
    const signature = await crypto.subtle.sign(algorithm, theirs, Buffer.from(prepared.signingInput));
    assert.equal(streamtoken.verify(prepared.finish(signature), keys).sub, video);
  }
  await crypto.subtle.importKey('jwk', JSON.parse(key.publicKey.toJwk()), algorithm, true, ['verify']);
});

for (const modulusLength of [2048, 3072, 4096]) {
  test(`keys of ${modulusLength} bits made by Node's crypto and WebCrypto load here`, async () => {
    const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength });
    const forms = [
      ...['pkcs1', 'pkcs8'].flatMap((type) => [
        privateKey.export({ type, format: 'pem' }),
        privateKey.export({ type, format: 'der' }),
        privateKey.export({ type, format: 'pem' }).replaceAll('\n', '\r\n'),
        Buffer.from(privateKey.export({ type, format: 'pem' })).toString('base64'),
      ]),
      JSON.stringify(privateKey.export({ format: 'jwk' })),
    ];
    for (const form of forms) {
      const loaded = SigningKey.load(form, { id: 'k' });
      assert.equal(loaded.bits, modulusLength);
      agree(loaded, privateKey);
    }
    const token = new Signer(SigningKey.load(forms[0], { id: 'k' })).sign(video);
    const publicForms = [
      ...['pkcs1', 'spki'].flatMap((type) =>
        ['pem', 'der'].map((format) => publicKey.export({ type, format })),
      ),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ];
    for (const form of publicForms) {
      const set = new KeySet(PublicKey.load(form, { id: 'k' }));
      assert.equal(streamtoken.verify(token, set).sub, video);
    }
    await fromWebCrypto(modulusLength);
  });
}

async function fromWebCrypto(modulusLength) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    { ...algorithm, modulusLength, publicExponent: Uint8Array.of(1, 0, 1) },
    true,
    ['sign', 'verify'],
  );
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey);
  const jwk = JSON.stringify(await crypto.subtle.exportKey('jwk', privateKey));
  const spki = await crypto.subtle.exportKey('spki', publicKey);
  const keySet = new KeySet(PublicKey.load(spki, { id: 'k' }));
  for (const form of [pkcs8, jwk]) {
    const token = new Signer(SigningKey.load(form, { id: 'k' })).sign(video);
    assert.equal(streamtoken.verify(token, keySet).sub, video);
    const [header, payload, signature] = token.token.split('.');
    const message = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature, 'base64url');
    assert.ok(await crypto.subtle.verify(algorithm, publicKey, bytes, message));
  }
}
