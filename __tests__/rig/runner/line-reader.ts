import { StringDecoder } from 'node:string_decoder';

/** Splits the bytes of one stream into lines. */
export type LineReader = {
  readonly push: (chunk: Buffer) => void;
  /** Passes on a last line without a line end. */
  readonly end: () => void;
};

/** Reads lines as .NET does for the runner: UTF-8, ended by LF, CR LF or CR. */
export const createLineReader = (onLine: (line: string) => void): LineReader => {
  const decoder = new StringDecoder('utf8');
  let unread = '';
  const take = (text: string): void => {
    // A CR at the end may be half of a CR LF.
    const lines = (unread + text).split(/\r\n|\n|\r(?!$)/);
    unread = lines.pop() ?? '';
    lines.forEach(onLine);
  };
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (unread !== '') onLine(unread.replace(/\r$/, ''));
      unread = '';
    },
  };
};
