'use strict';

/** Freezes what came out of JSON text, all of it. */
function frozen(value) {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}

module.exports = { frozen };
