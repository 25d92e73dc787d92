// Mints the token of a window of time: whoever mints within the same window, on any host and in any language,
// gets the same bytes.
//
// node reuse.mjs IDENTIFIER SECONDS NOW, with the length of the windows, the time in epoch seconds, and the key in
// CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, its id in CLOUDFLARE_STREAM_KEY_ID.

import { Signer, SigningKey, StreamTokenError } from 'streamtoken';

function mint(identifier, reuseWindow, now) {
  return new Signer(SigningKey.fromEnv()).sign(identifier, { reuseWindow, now });
}

const [identifier, window, now] = process.argv.slice(2);
if (now === undefined) {
  console.error('usage: reuse IDENTIFIER SECONDS NOW');
  process.exitCode = 2;
} else {
  try {
    console.log(`${mint(identifier, Number(window), Number(now))}`);
  } catch (error) {
    if (!(error instanceof StreamTokenError)) throw error;
    console.error(`error[${error.code}]: ${error.message}`);
    process.exitCode = 1;
  }
}
