import testing from './testing.js';

export const { StreamServer, startStreamServer } = testing;
