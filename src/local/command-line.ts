/** Writes command lines that act on the same work directory: `savepoint resume --work-dir=x` for `resume`. */
export const commandLineOf =
  (workDir: string | undefined) =>
  (words: string): string =>
    workDir === undefined ? `savepoint ${words}` : `savepoint ${words} --work-dir=${quoted(workDir)}`;

/** A word as a POSIX shell takes it. */
const quoted = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
