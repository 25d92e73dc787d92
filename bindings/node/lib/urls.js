'use strict';

const native = require('./native.js');
const { settle } = require('./errors.js');
const { made, onlyMade, shownAs } = require('./inspect.js');
const { tokenText } = require('./tokens.js');
const { text, writeOptions } = require('./wire.js');

class CustomerCode {
  #facts;

  constructor(token, facts) {
    onlyMade(token, 'CustomerCode', 'CustomerCode.parse or CustomerCode.fromEnv');
    this.#facts = JSON.parse(facts);
  }

  static parse(code) {
    return new CustomerCode(made, settle(native.customerCode(codeText(code))));
  }

  static fromEnv() {
    const facts = settle(native.customerCodeOfEnv(process.env));
    return facts === null ? undefined : new CustomerCode(made, facts);
  }

  get host() {
    return this.#facts.host;
  }

  toString() {
    return this.#facts.code;
  }

  toJSON() {
    return this.#facts.code;
  }
}

function codeText(code) {
  return code instanceof CustomerCode ? code.toString() : text(code, 'customer_code');
}

class PlaybackUrls {
  #wire;
  #embed;

  constructor(token, urls) {
    onlyMade(token, 'PlaybackUrls', 'playbackUrls');
    const { rows, embed } = urls;
    this.#wire = rows.map(([, wire, url]) => [wire, url]);
    this.#embed = embed;
    for (const [name, , url] of rows) this[name] = url;
    Object.freeze(this);
  }

  embed() {
    return this.#embed;
  }

  toJSON() {
    return Object.fromEntries(this.#wire);
  }
}

function playbackUrls(token, customerCode, options) {
  const outcome = native.playbackUrls(tokenText(token), codeText(customerCode), writeOptions(options));
  return new PlaybackUrls(made, JSON.parse(settle(outcome)));
}

function rewrite(url, token) {
  return settle(native.rewrite(text(url, 'url'), tokenText(token)));
}

shownAs(CustomerCode, ({ host }) => ({ host }));
// Each URL grants what its token grants.
shownAs(PlaybackUrls, (urls) => Object.keys(urls));

module.exports = { CustomerCode, PlaybackUrls, playbackUrls, rewrite };
