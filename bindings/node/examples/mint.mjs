// Mints a token for two hours that only viewers in Great Britain and Ireland may use.
//
// node mint.mjs IDENTIFIER, with the key in CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, and its id
// in CLOUDFLARE_STREAM_KEY_ID.

import { AccessRules, Signer, SigningKey, StreamTokenError } from 'streamtoken';

function mint(identifier) {
  const signer = new Signer(SigningKey.fromEnv());
  const accessRules = AccessRules.allowOnly([{ country: ['GB', 'IE'] }]);
  return signer.sign(identifier, { expiresIn: '2h', accessRules });
}

const [identifier] = process.argv.slice(2);
if (identifier === undefined) {
  console.error('usage: mint IDENTIFIER');
  process.exitCode = 2;
} else {
  try {
    console.log(`${mint(identifier)}`);
  } catch (error) {
    if (!(error instanceof StreamTokenError)) throw error;
    console.error(`error[${error.code}]: ${error.message}`);
    process.exitCode = 1;
  }
}
