import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One conformance case: files of a workspace, and the commands run there, each with its expected outcome. */
export type Case = {
  readonly name: string;
  /** Text by path; the first is `savepoint.yml`. */
  readonly files: Readonly<Record<string, string>>;
  readonly acts: readonly Act[];
  /** Writes new expectations, one for each act, into the file of the case. */
  readonly rewrite: (expected: readonly string[]) => void;
};

/** A command line in the workspace, and the expected lines. */
export type Act = { readonly command: string; readonly expected: string };

/**
 * Reads the cases of a folder. A file is a pipeline, then sections that each begin with a line `--- <title>`: a title
 * with a space in it is a command line, any other title names a further file.
 */
export const readCases = (folder: string): readonly Case[] =>
  readdirSync(folder)
    .toSorted()
    .map((file) => readCase(join(folder, file), file.replace(/\.\w+$/, '')));

type Section = { readonly title: string; readonly text: string };

const readCase = (path: string, name: string): Case => {
  const sections = sectionsOf(readFileSync(path, 'utf8'));
  const isAct = ({ title }: Section): boolean => title.includes(' ');
  const acts = sections.filter(isAct).map(({ title, text }) => ({ command: title, expected: text }));
  return {
    name,
    files: Object.fromEntries(sections.filter((one) => !isAct(one)).map(({ title, text }) => [title, text])),
    acts,
    rewrite: (expected) => {
      let next = 0;
      const texts = sections.map((section) =>
        isAct(section) ? { ...section, text: expected[next++] ?? '' } : section,
      );
      writeFileSync(
        path,
        texts.map(({ title, text }, index) => (index === 0 ? text : `--- ${title}\n${text}`)).join(''),
      );
    },
  };
};

const sectionsOf = (text: string): readonly Section[] => {
  const [first = '', ...others] = text.split(/^--- /m);
  return [
    { title: 'savepoint.yml', text: first },
    ...others.map((section) => {
      const end = section.indexOf('\n');
      return { title: section.slice(0, end), text: section.slice(end + 1) };
    }),
  ];
};
