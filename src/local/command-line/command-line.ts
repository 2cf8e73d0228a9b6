/** Writes a command line for the user to type: `savepoint resume --work-dir=x` for `resume`. */
export type CommandLine = (words: string) => string;

/** Writes command lines for the same work directory; undefined is the default one. */
export const commandLineOf =
  (workDir: string | undefined): CommandLine =>
  (words) =>
    workDir === undefined ? `savepoint ${words}` : `savepoint ${words} --work-dir=${quoted(workDir)}`;

/** A word quoted for a POSIX shell. */
const quoted = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
