// A CommonJS program in TypeScript.

import streamtoken = require('streamtoken');

const key: streamtoken.SigningKey = streamtoken.SigningKey.generate();
const signer = new streamtoken.Signer(key);
const token: streamtoken.Token = signer.sign('video', { expiresIn: '90m' });
const claims: streamtoken.Claims = streamtoken.verify(token, new streamtoken.KeySet(key));
console.log(claims.sub satisfies string);

// The classes are the same ones for `import`.
async function sameClasses(): Promise<streamtoken.Signer> {
  const { Signer } = await import('streamtoken');
  return new Signer(key);
}
void sameClasses();

async function asks(): Promise<streamtoken.Token> {
  const client = new streamtoken.Client();
  try {
    return await client.stream.token.create('video', { account_id: 'account' });
  } catch (error) {
    if (!(error instanceof streamtoken.ApiError)) throw error;
    return await streamtoken.Client.local(signer).stream.token.create('video');
  }
}
void asks();

// @ts-expect-error: there is no default export
console.log(streamtoken.default);

// The token service for tests.
import testing = require('streamtoken/testing');

async function usesTheService(): Promise<string> {
  const server: testing.StreamServer = await testing.startStreamServer();
  await server.close();
  return server.environment[`CLOUDFLARE_${server.accountId}`] ?? server.baseUrl;
}
void usesTheService();
