import { err, ok } from '../../src/base/result.js';
import { readPipeline, type LoadFile } from '../../src/language/read-pipeline.js';

/** Files by their plain paths. */
export type Files = Readonly<Record<string, string>>;

/** The files of a text, each after a line `=== <name>`; the text before the first is `savepoint.yml`. */
export const filesIn = (text: string): Files => {
  const [first = '', ...others] = text.split(/^=== /m);
  const named = others.map((part): [string, string] => {
    const end = part.indexOf('\n');
    return [part.slice(0, end), part.slice(end + 1)];
  });
  return Object.fromEntries([['savepoint.yml', first], ...named]);
};

/** Loads these files, and records which were requested. */
export const loadFrom = (files: Files, asked: string[] = []): LoadFile => {
  return (file) => {
    asked.push(file);
    const text = Object.hasOwn(files, file) ? files[file] : undefined;
    return Promise.resolve(
      text === undefined ? err(`there is no file "${file}"`) : ok({ file, bytes: Buffer.from(text) }),
    );
  };
};

/** The result of reading `savepoint.yml` and all files it calls. */
export const readFiles = (files: Files, asked?: string[]): ReturnType<typeof readPipeline> =>
  readPipeline({ file: 'savepoint.yml', bytes: Buffer.from(files['savepoint.yml'] ?? '') }, loadFrom(files, asked));
