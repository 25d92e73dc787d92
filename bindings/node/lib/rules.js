'use strict';

const native = require('./native.js');
const { settle } = require('./errors.js');
const { frozen } = require('./frozen.js');
const { made, shownAs } = require('./inspect.js');
const { strict, substitutes, write, writeOptions } = require('./wire.js');

let rulesHandle;

class AccessRules {
  #handle;

  constructor(...given) {
    const [rules, handle] = given;
    this.#handle = rules === made ? handle : settle(native.newRules(write(rules)));
  }

  static parse(text) {
    return new AccessRules(made, settle(native.parseRules(strict(text, 'text'))));
  }

  static allowOnly(who) {
    return new AccessRules(made, settle(native.rulesAllowOnly(write(who))));
  }

  static block(who) {
    return new AccessRules(made, settle(native.rulesBlock(write(who))));
  }

  evaluate(viewer) {
    const decision = settle(native.rulesEvaluate(this.#handle, writeOptions(viewer)));
    return Object.freeze(JSON.parse(decision));
  }

  lint() {
    return frozen(JSON.parse(settle(native.rulesLint(this.#handle))));
  }

  toJSON() {
    return JSON.parse(settle(native.rulesList(this.#handle)));
  }

  static {
    rulesHandle = (value) =>
      typeof value === 'object' && value !== null && #handle in value ? value.#handle : undefined;
    // Rules that were read already may stand where a list of them may.
    substitutes.push((value) => (#handle in value ? value.toJSON() : undefined));
  }
}

shownAs(AccessRules, (rules) => rules.toJSON());

module.exports = { AccessRules, rulesHandle };
