'use strict';

const { errorOf } = require('./surface.js');
const { refuse } = require('./wire.js');

/** From nothing to everything, as in Cloudflare's own client. */
const levels = ['off', 'error', 'warn', 'info', 'debug'];
const DEFAULT_LEVEL = 'warn';

/** A function that tells of an attempt, which `read` gives as a sentence and as JSON text. */
function logOf({ logger = undefined, logLevel = undefined }) {
  const level = levels.indexOf(levelOf(logLevel));
  const target = loggerOf(logger);
  return (isRetried, read) => {
    const name = isRetried ? 'info' : 'debug';
    if (levels.indexOf(name) > level) return;
    const [sentence, attempt] = read();
    try {
      const told = (target ?? console)[name](`streamtoken: ${sentence}`, JSON.parse(attempt));
      Promise.resolve(told).catch(() => {});
    } catch {
      // What a logger throws, now or later, must not cost a caller the key that was just made.
    }
  };
}

function levelOf(logLevel) {
  if (logLevel === undefined || logLevel === null) {
    const fromEnvironment = process.env.CLOUDFLARE_LOG ?? '';
    return levels.includes(fromEnvironment) ? fromEnvironment : DEFAULT_LEVEL;
  }
  if (typeof logLevel !== 'string') return refuse('a string', logLevel, 'log_level');
  if (levels.includes(logLevel)) return logLevel;
  throw errorOf('option_value', { message: `logLevel is one of ${levels.join(', ')}`, field: '/log_level' });
}

function loggerOf(logger) {
  if (logger === undefined || logger === null) return undefined;
  const isLogger = ['info', 'debug'].every((name) => typeof logger[name] === 'function');
  return isLogger ? logger : refuse('an object with the methods debug and info', logger, 'logger');
}

module.exports = { logOf };
