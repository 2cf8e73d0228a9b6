import { VERSION } from './version.js';

/** The message for a bug in Savepoint, with everything a report needs. */
export const bugReport = (error: unknown, argv: readonly string[]): string =>
  [
    'savepoint: this is a bug in Savepoint, not in your pipeline. Please report it with these lines:',
    `  savepoint ${VERSION}, node ${process.version}, ${process.platform} ${process.arch}`,
    // Without the values, which may be secret.
    `  savepoint ${argv.map((word) => word.replace(/=.*/s, '=…')).join(' ')}`,
    ...(error instanceof Error ? (error.stack ?? error.message) : String(error)).split('\n').map((line) => `  ${line}`),
    '',
  ].join('\n');
