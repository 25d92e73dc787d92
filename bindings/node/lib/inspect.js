'use strict';

const custom = Symbol.for('nodejs.util.inspect.custom');

/** Gives a class the form in which `util.inspect` and `console.log` show it: its name and these facts. */
function shownAs(Class, facts) {
  Object.defineProperty(Class.prototype, custom, {
    value(depth, options, inspect) {
      if (depth < 0) return options.stylize(`[${Class.name}]`, 'special');
      return `${Class.name} ${inspect(facts(this), options)}`;
    },
    configurable: true,
    writable: true,
  });
}

/** Stands where a secret would. */
const redacted = { [custom]: () => '[redacted]' };

/** What a constructor is given by those who may call it. */
const made = Symbol('made by streamtoken');

/** Refuses `new Class` to everybody else, as the web platform does. */
function onlyMade(token, Class, instead) {
  if (token !== made) throw new TypeError(`${Class} has no public constructor; use ${instead}`);
}

module.exports = { made, onlyMade, redacted, shownAs };
