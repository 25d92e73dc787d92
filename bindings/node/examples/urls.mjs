// Prints every playback URL of a token, one `name url` a line, by the names that it has on every surface.
//
// node urls.mjs TOKEN CUSTOMER_CODE

import { playbackUrls, StreamTokenError } from 'streamtoken';

const [token, customerCode] = process.argv.slice(2);
if (token === undefined || customerCode === undefined) {
  console.error('usage: urls TOKEN CUSTOMER_CODE');
  process.exitCode = 2;
} else {
  try {
    const urls = playbackUrls(token, customerCode).toJSON();
    for (const [name, url] of Object.entries(urls)) console.log(`${name} ${url}`);
  } catch (error) {
    if (!(error instanceof StreamTokenError)) throw error;
    console.error(`error[${error.code}]: ${error.message}`);
    process.exitCode = 1;
  }
}
