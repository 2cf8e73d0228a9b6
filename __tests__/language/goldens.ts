import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One golden file: an input, a line `---`, and the expected result. */
export type Golden = {
  readonly name: string;
  readonly input: string;
  readonly expected: string;
  /** Compares, or rewrites the file when `UPDATE_GOLDENS` is set. */
  readonly check: (actual: string, compare: (actual: string, expected: string) => void) => void;
};

const DIVIDER = '\n---\n';

/** The golden files of a folder under `__tests__/data/`. */
export const goldens = (folder: string): readonly Golden[] => {
  const directory = fileURLToPath(new URL(`../data/${folder}/`, import.meta.url));
  return readdirSync(directory)
    .toSorted()
    .map((file) => readGolden(directory + file, file.replace(/\.\w+$/, '')));
};

const readGolden = (path: string, name: string): Golden => {
  const text = readFileSync(path, 'utf8');
  const divider = text.lastIndexOf(DIVIDER);
  const input = divider === -1 ? text : text.slice(0, divider + 1);
  const expected = divider === -1 ? '' : text.slice(divider + DIVIDER.length);
  return {
    name,
    input,
    expected,
    check: (actual, compare) => {
      if (process.env['UPDATE_GOLDENS'] === undefined) compare(`${actual}\n`, expected);
      else writeFileSync(path, `${input.replace(/\n?$/, DIVIDER)}${actual}\n`);
    },
  };
};
