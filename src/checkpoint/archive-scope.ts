import picomatch from 'picomatch';
import { displayName, fromText, type ByteName } from './tar/byte-name.js';
import { isGitOwn } from './check-member.js';

/** The part of a workspace that checkpoints contain. Paths and globs are relative to the workspace. */
export type ArchiveScope = {
  /** Paths and globs; `.` is everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The work directory; Savepoint's own files in it are never included. */
  readonly workDir: string;
};

/**
 * Decides whether a name is in scope. Globs work like those of `writes`: a match stands for everything beneath it, and
 * `!glob` is an exception; `tmp/**` excludes the content of a folder, not the folder. Never in scope: git's own files,
 * credentials of Google's action, Savepoint's own files.
 */
export const createScopeFilter = (scope: ArchiveScope): ((name: ByteName) => boolean) => {
  const isOwn = ownFileTest(scope.workDir);
  const isIncluded = globTest(scope.include, 'with-folder');
  const isExcluded = globTest(scope.exclude, 'content-only');
  return (name) => {
    if (isGitOwn(name) || CREDENTIALS.test(name) || isOwn(name)) return false;
    const path = displayName(name);
    return isIncluded(path) && !isExcluded(path);
  };
};

/** Start points with which tar sees everything in scope: `.`, or paths that begin with `./`, none within another. */
export const startPoints = ({ include }: ArchiveScope): readonly string[] => {
  const paths = include.filter((glob) => !isExclusion(glob)).map((glob) => startOf(segmentsOf(glob)).join('/'));
  if (paths.includes('')) return ['.'];
  const isWithinAnother = (path: string): boolean => paths.some((other) => path.startsWith(`${other}/`));
  return [...new Set(paths)]
    .filter((path) => !isWithinAnother(path))
    .sort()
    .map((path) => `./${path}`);
};

/**
 * Options that let GNU tar skip large excluded folders. The filter has the last word, and each pattern slows tar down for
 * every name, so only patterns with exactly the same meaning in tar are passed. They begin with the pattern mode and go
 * before the start points.
 */
export const tarArguments = ({ exclude, workDir }: ArchiveScope): readonly string[] => {
  const folder = literalPattern(segmentsOf(workDir).join('/'));
  const own = LARGE_OWN_NAMES.map((name) => `./${folder}/${name}`);
  const patterns = exclude.some(isExclusion) ? [] : exclude.map((glob) => tarPattern(segmentsOf(glob)));
  const anchored = patterns.flatMap((pattern) => (pattern?.anchored === true ? [`./${pattern.text}`] : []));
  const floating = patterns.flatMap((pattern) => (pattern?.anchored === false ? [pattern.text] : []));
  return [
    '--no-wildcards-match-slash',
    '--anchored',
    ...['./.git', './gha-creds-*.json', ...own, ...anchored].map(excludeOption),
    ...(floating.length === 0 ? [] : ['--no-anchored', ...floating.map(excludeOption)]),
  ];
};

const CREDENTIALS = /(?:^|\/)gha-creds-[^/]*\.json(?:\/|$)/;

const LARGE_OWN_NAMES = ['journal.jsonl', 'logs', 'history'];

/** Own files at the top of a work directory, as patterns in which `*` alone is special. */
const OWN_PATTERNS = [
  ...['pipeline-state.json', 'pipeline-state.json.tmp', 'cache-meta.json', 'lock.json', 'lock.json.*', '.gitignore'],
  ...LARGE_OWN_NAMES,
];

const ownFileTest = (workDir: string): ((name: ByteName) => boolean) => {
  const folder = `${fromText(segmentsOf(workDir).join('/'))}/`;
  const isOwnName = picomatch(OWN_PATTERNS, { dot: true });
  return (name) => name.startsWith(folder) && isOwnName(name.slice(folder.length).split('/')[0] ?? '');
};

/** Whether `<folder>/**` matches the folder itself: yes when including, no when excluding its content. */
type FolderRule = 'with-folder' | 'content-only';

const globTest = (globs: readonly string[], rule: FolderRule): ((path: string) => boolean) => {
  const isMatch = matcher(
    globs.filter((glob) => !isExclusion(glob)),
    rule,
  );
  const isException = matcher(
    globs.filter(isExclusion).map((glob) => glob.slice(1)),
    rule,
  );
  return (path) => isMatch(path) && !isException(path);
};

const matcher = (globs: readonly string[], rule: FolderRule): ((path: string) => boolean) => {
  const all = globs.map(segmentsOf);
  if (all.length === 0) return () => false;
  if (all.some(isEverything)) return () => true;
  // Like the globs of `writes`; a name may hold line breaks, which `.` matches only with this flag.
  const patterns = all.flatMap((segments) => patternsOf(segments, rule));
  return picomatch(patterns, { dot: true, posix: true, flags: 's' });
};

const isEverything = (segments: readonly string[]): boolean => segments.every((segment) => segment === '**');

const patternsOf = (segments: readonly string[], rule: FolderRule): readonly string[] => {
  const own = segments.at(-1) === '**' ? segments.slice(0, -1) : segments;
  const [folder, content] = [own.join('/'), [...own, '**', '*'].join('/')];
  return own !== segments && rule === 'content-only' ? [content] : [folder, content];
};

const isExclusion = (glob: string): boolean => glob.startsWith('!');

const segmentsOf = (path: string): readonly string[] =>
  path.split('/').filter((segment) => segment !== '' && segment !== '.');

/** The segments before the first that is a pattern. */
const startOf = (segments: readonly string[]): readonly string[] => {
  const first = segments.findIndex((segment) => /[*?[\]{}()!+@\\]/.test(segment));
  return first === -1 ? segments : segments.slice(0, first);
};

type TarPattern = { readonly text: string; readonly anchored: boolean };

/** Undefined where the same text could mean something else to tar. */
const tarPattern = (segments: readonly string[]): TarPattern | undefined => {
  const anchored = segments[0] !== '**';
  const body = anchored ? segments : segments.slice(1);
  const parts = body.length > 1 && body.at(-1) === '**' ? [...body.slice(0, -1), '*'] : body;
  const isPlain = parts.length > 0 && parts.every((part) => /^[\w.,=~%#: *-]+$/.test(part) && !part.includes('**'));
  return isPlain ? { text: parts.join('/'), anchored } : undefined;
};

const literalPattern = (path: string): string => path.replace(/[*?[\]\\]/g, '\\$&');

const excludeOption = (pattern: string): string => `--exclude=${pattern}`;
