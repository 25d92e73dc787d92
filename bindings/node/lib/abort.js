'use strict';

// One listener for each signal, however many calls it may end: Node.js warns of a leak at the eleventh.

/** What waits for each signal. */
const waiting = new WeakMap();

/** Calls `end` once `signal` is aborted, until the function that comes back was called. */
function whenAborted(signal, end) {
  if (signal === undefined) return () => {};
  const ends = waiting.get(signal) ?? listen(signal);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) ends.forget();
  };
}

function listen(signal) {
  const ends = new Set();
  const endAll = () => {
    for (const end of [...ends]) end();
  };
  const forget = () => {
    waiting.delete(signal);
    signal.removeEventListener('abort', endAll);
  };
  signal.addEventListener('abort', endAll, { once: true });
  waiting.set(signal, Object.assign(ends, { forget }));
  return ends;
}

module.exports = { whenAborted };
