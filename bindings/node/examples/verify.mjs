// Checks that a token lets a viewer from one country play one video.
//
// node verify.mjs TOKEN IDENTIFIER COUNTRY, with the key as for mint; its public half is what is used.

import { KeySet, SigningKey, StreamTokenError, verify } from 'streamtoken';

function check(token, identifier, country) {
  const keys = new KeySet(SigningKey.fromEnv());
  return verify(token, keys, { identifier, country });
}

const [token, identifier, country] = process.argv.slice(2);
if (token === undefined || identifier === undefined || country === undefined) {
  console.error('usage: verify TOKEN IDENTIFIER COUNTRY');
  process.exitCode = 2;
} else {
  try {
    const { sub, exp } = check(token, identifier, country);
    console.log(`${sub} ${exp}`);
  } catch (error) {
    if (!(error instanceof StreamTokenError)) throw error;
    console.error(`error[${error.code}]: ${error.message}`);
    process.exitCode = 1;
  }
}
