import { VERSION } from './version.js';

/** What to tell a user who met a bug of ours, with all that a report needs. */
export const bugReport = (error: unknown, argv: readonly string[]): string =>
  [
    'savepoint: this is a bug in Savepoint, not in your pipeline. Please report it with these lines:',
    `  savepoint ${VERSION}, node ${process.version}, ${process.platform} ${process.arch}`,
    // Values may be secret; the words that choose what is done are enough.
    `  savepoint ${argv.map((word) => word.replace(/=.*/s, '=…')).join(' ')}`,
    ...(error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n').map((line) => `  ${line}`),
    '',
  ].join('\n');
