import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of code in a page, fenced by three backticks. */
export type Fence = {
  readonly language: string;
  /** The words after the language: the name of the file that the block becomes, or `invalid` if it holds mistakes. */
  readonly words: readonly string[];
  readonly text: string;
  /** The nearest one above. */
  readonly heading: string;
  /** The number of its first line of text, from 1. */
  readonly line: number;
};

/** A row of a table; cells as they are written. */
export type Row = readonly string[];

/** A page of the documentation. */
export type Page = {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly lines: readonly string[];
  readonly fences: readonly Fence[];
  readonly headings: readonly string[];
  /** The headings as a link names them after `#`. */
  readonly anchors: readonly string[];
  /** Targets of all links. */
  readonly links: readonly string[];
  /** The rows of all tables between a heading and the next one, without the tables' own headings. */
  readonly rowsUnder: (heading: string) => readonly Row[];
  /** The lines between a heading and the next one. */
  readonly linesUnder: (heading: string) => readonly string[];
};

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../../..');

/** Every Markdown page of the repository, by its path. */
export const findPages = (): readonly string[] => [
  ...readdirSync(ROOT).filter(isPage),
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => isPage(file) && !file.includes('.work/'))
      .map((file) => join(folder, file)),
  ),
];

/** Reads a page. */
export const readPage = (file: string): Page => {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  const fences = fencesIn(lines);
  const prose = withoutFences(lines, fences);
  const headings = prose.flatMap((line) => headingOf(line) ?? []);
  const linesUnder = (heading: string): readonly string[] => {
    const start = prose.findIndex((line) => headingOf(line) === heading);
    if (start === -1) throw new Error(`${file} has no heading "${heading}"`);
    const end = prose.findIndex((line, index) => index > start && headingOf(line) !== undefined);
    return prose.slice(start + 1, end === -1 ? undefined : end);
  };
  return {
    file,
    lines,
    fences,
    headings,
    anchors: headings.map(anchorOf),
    links: [...prose.join('\n').matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    linesUnder,
    rowsUnder: (heading) => tableRows(linesUnder(heading)),
  };
};

/** The texts in backticks. */
export const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const isPage = (file: string): boolean => file.endsWith('.md');

const fencesIn = (lines: readonly string[]): readonly Fence[] => {
  const fences: Fence[] = [];
  let heading = '';
  for (let at = 0; at < lines.length; at++) {
    heading = headingOf(lines[at] ?? '') ?? heading;
    const opened = /^```(\S+)?(.*)$/.exec(lines[at] ?? '');
    if (opened === null) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`the block in line ${at + 1} has no end`);
    const words = (opened[2] ?? '').split(' ').filter((word) => word !== '');
    fences.push({ language: opened[1] ?? '', words, text: lines.slice(at + 1, end).join('\n'), heading, line: at + 2 });
    at = end;
  }
  return fences;
};

const withoutFences = (lines: readonly string[], fences: readonly Fence[]): readonly string[] => {
  const prose = [...lines];
  for (const { line, text } of fences) prose.fill('', line - 2, line + text.split('\n').length);
  return prose;
};

const headingOf = (line: string): string | undefined => /^#+ (.*)$/.exec(line)?.[1];

/** As GitHub makes them. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

const tableRows = (lines: readonly string[]): readonly Row[] => {
  const rows = lines.map((line, index) => ({ line, isBody: index > 0 && isInBody(lines, index) }));
  return rows.filter(({ isBody }) => isBody).map(({ line }) => cellsOf(line));
};

const isInBody = (lines: readonly string[], index: number): boolean => {
  let above = index;
  while (above >= 0 && lines[above]?.startsWith('|')) above--;
  return lines[index]?.startsWith('|') === true && index > above + 2;
};

const cellsOf = (line: string): Row =>
  line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
