/** Writes a command line for the user to type: `savepoint resume --work-dir=x` for `resume`. */
export type CommandLine = (words: string) => string;

/** Command lines that act on the same work directory; undefined: the one that commands find by themselves. */
export const commandLineOf =
  (workDir: string | undefined): CommandLine =>
  (words) =>
    workDir === undefined ? `savepoint ${words}` : `savepoint ${words} --work-dir=${quoted(workDir)}`;

/** A word as a POSIX shell takes it. */
const quoted = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
