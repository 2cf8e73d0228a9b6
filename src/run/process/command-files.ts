import { err, ok, type Result } from '../../base/result.js';

/** Variables passed to later steps, and a warning for each variable that cannot be set. */
export type AllowedExports = {
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
};

/**
 * Reads the text of a `GITHUB_OUTPUT` or `GITHUB_ENV` file by the rules of GitHub's runner (`EnvFileKeyValuePairs`):
 * `name=value` lines, `name<<DELIMITER` blocks, empty lines; the last value of a name wins. Only LF ends a line: a CR
 * before it belongs to the value, as on Linux runners. Any name is a safe key (`Object.hasOwn`). Errors name the line.
 */
export const parseKeyValues = (text: string, fileName: string): Result<Readonly<Record<string, string>>> => {
  const lines = withoutByteOrderMark(text).split('\n');
  const values = new Map<string, string>();
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    const entry = line === '' ? undefined : readEntry(lines, at);
    if (entry?.problem !== undefined) return err(`${fileName} line ${String(at + 1)}: ${entry.problem}`);
    if (entry !== undefined) values.set(entry.name, entry.value);
    at = entry?.nextLine ?? at + 1;
  }
  return ok(Object.fromEntries(values));
};

/**
 * Reads the text of a `GITHUB_PATH` file: one folder per line, in the order given; of duplicates, the last is kept.
 * Later folders come first on the search path. Ignores blank lines and lines with a NUL character (invalid in a path).
 */
export const parsePaths = (text: string): readonly string[] => {
  const folders = withoutByteOrderMark(text)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '' && !line.includes('\0'));
  return folders.filter((folder, index) => folders.lastIndexOf(folder) === index);
};

/** Leaves out variables reserved for the runner or Savepoint, with a warning for each. */
export const allowedExports = (values: Readonly<Record<string, string>>): AllowedExports => ({
  env: Object.fromEntries(Object.entries(values).filter(([name]) => !isReserved(name))),
  warnings: Object.keys(values)
    .filter(isReserved)
    .map((name) => `${name} cannot be set through GITHUB_ENV and keeps its value`),
});

type Entry =
  | { readonly name: string; readonly value: string; readonly nextLine: number; readonly problem?: undefined }
  | { readonly problem: string };

const readEntry = (lines: readonly string[], at: number): Entry => {
  const line = lines[at] ?? '';
  const equals = line.indexOf('=');
  const heredoc = line.indexOf('<<');
  if (equals === -1 && heredoc === -1) return { problem: NO_ENTRY };
  const isBlock = heredoc !== -1 && (equals === -1 || heredoc < equals);
  const entry = isBlock ? readBlock(lines, at, heredoc) : readAssignment(line, at, equals);
  if (entry.problem !== undefined) return entry;
  if (entry.name === '') return { problem: `expected a name before "${isBlock ? '<<' : '='}"` };
  if (`${entry.name}${entry.value}`.includes('\0'))
    return { problem: `the value of ${quote(entry.name)} holds a NUL character` };
  return entry;
};

/** Doesn't quote the line: it may be part of a secret that masking does not recognise. */
const NO_ENTRY = 'expected name=value, or name<<DELIMITER for a value of several lines; found no "="';

const readAssignment = (line: string, at: number, equals: number): Entry => ({
  name: line.slice(0, equals),
  value: line.slice(equals + 1),
  nextLine: at + 1,
});

const readBlock = (lines: readonly string[], at: number, heredoc: number): Entry => {
  const line = lines[at] ?? '';
  const name = line.slice(0, heredoc);
  const delimiter = line.slice(heredoc + 2);
  if (delimiter === '') return { problem: `expected a delimiter after ${quote(`${name}<<`)}` };
  const end = lines.indexOf(delimiter, at + 1);
  if (end === -1)
    return { problem: `expected a line ${quote(delimiter)} that ends the value of ${quote(name)}, found none` };
  return { name, value: lines.slice(at + 1, end).join('\n'), nextLine: end + 1 };
};

/** Variables that the runner gives to actions but never to scripts: access to its cache and artifact services. */
export const ACTION_ONLY_NAMES: readonly string[] = [
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_RUNTIME_URL',
  'ACTIONS_RESULTS_URL',
  'ACTIONS_CACHE_URL',
  'ACTIONS_CACHE_SERVICE_V2',
  'ACTIONS_CACHE_MODE',
];

const RESERVED_PREFIXES = ['GITHUB_', 'RUNNER_', 'SAVEPOINT_'];
/** Variables that grant the job's access to GitHub's services, or run code in every Node process. */
const RESERVED_NAMES = [
  'NODE_OPTIONS',
  ...ACTION_ONLY_NAMES,
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
];

/** Ignores case, as the runner does for `NODE_OPTIONS` and Windows does for all names. */
const isReserved = (name: string): boolean => {
  const upper = name.toUpperCase();
  return RESERVED_NAMES.includes(upper) || RESERVED_PREFIXES.some((prefix) => upper.startsWith(prefix));
};

const withoutByteOrderMark = (text: string): string => text.replace(/^\uFEFF/, '');

const quote = (text: string): string => JSON.stringify(text);
