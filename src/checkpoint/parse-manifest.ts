import { err, ok, type Result } from '../base/result.js';
import { isPlainObject } from '../base/stable-json.js';
import { legPrefix, parseKey } from './checkpoint-key.js';
import type { Compression, MachinePaths, Manifest, StoredArchive, StoredFile } from './manifest.js';

/** The text of a manifest, as it is stored. */
export const renderManifest = (manifest: Manifest): string => `${JSON.stringify(manifest)}\n`;

/**
 * Reads a manifest; checks every property, and that all files belong to its own leg. The error continues "the checkpoint
 * is not used: …"; an unknown version has its own error.
 */
export const parseManifest = (text: string): Result<Manifest> => {
  const value = parseJson(text);
  if (!isPlainObject(value) || value['format'] !== FORMAT) return err('its manifest was not written by Savepoint');
  const version = value['version'];
  if (version !== VERSION && isCount(version, 0))
    return err(`its manifest has version ${String(version)}, and this Savepoint reads version ${VERSION}`);
  const fault = checkManifest(value, '') ?? contradiction(value as Manifest);
  return fault === undefined ? ok(value as Manifest) : err(`its manifest is damaged: ${fault}`);
};

const FORMAT = 'savepoint-checkpoint' satisfies Manifest['format'];
const VERSION = 1 satisfies Manifest['version'];

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The fault of a value; undefined when there is none. `at` is its path, for the message. */
type Check = (value: unknown, at: string) => string | undefined;

const that =
  (test: (value: unknown) => boolean, wanted: string): Check =>
  (value, at) =>
    test(value) ? undefined : `${at} is not ${wanted}`;

const isCount = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && Number(value) >= least;

const count = (least: number): Check => that((value) => isCount(value, least), `a whole number from ${least}`);

const text = (pattern: RegExp, wanted: string): Check =>
  that((value) => typeof value === 'string' && pattern.test(value), wanted);

const oneOf = (...values: readonly (string | number)[]): Check =>
  that((value) => values.some((each) => each === value), values.join(' or '));

const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? undefined : check(value, at);

const listOf =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value)
      ? firstFault(value, (each, index) => check(each, `${at}[${String(index)}]`))
      : `${at} is not a list`;

const namesTo =
  (check: Check): Check =>
  (value, at) =>
    isPlainObject(value)
      ? firstFault(Object.entries(value), ([name, each]) => check(each, `${at}["${name}"]`))
      : `${at} is not a mapping`;

const record =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isPlainObject(value)) return `${at} is not a mapping`;
    const way = at === '' ? '' : `${at}.`;
    const strange = Object.keys(value).find((name) => !Object.hasOwn(checks, name));
    if (strange !== undefined) return `${way}${strange} is unknown`;
    return firstFault(Object.entries(checks), ([name, check]) => check(value[name], `${way}${name}`));
  };

const firstFault = <T>(
  values: readonly T[],
  check: (value: T, index: number) => string | undefined,
): string | undefined => {
  for (const [index, value] of values.entries()) {
    const fault = check(value, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const anyText = text(/^/, 'text');
const someText = text(/^[^]/, 'a text with something in it');

const storedFile = record({
  key: that((value) => typeof value === 'string' && parseKey(value) !== undefined, 'a key'),
  name: text(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, 'a plain file name'),
  size_bytes: count(0),
  digest: text(/^[0-9a-f]{64}$/, 'a SHA-256 in hex'),
  compression: oneOf('zstd' satisfies Compression, 'gzip' satisfies Compression),
} satisfies Record<keyof StoredFile, Check>);

const storedArchive = record({
  step: someText,
  tree: optional(storedFile),
  deleted: optional(storedFile),
  concurrent_steps: optional(listOf(someText)),
} satisfies Record<keyof StoredArchive, Check>);

const machinePaths = record({
  workspace: anyText,
  temp: anyText,
  tool_cache: anyText,
} satisfies Record<keyof MachinePaths, Check>);

const checkManifest = record({
  format: oneOf(FORMAT),
  version: oneOf(VERSION),
  kind: oneOf('checkpoint', 'finished'),
  run_id: someText,
  leg: someText,
  attempt: count(1),
  sequence: count(0),
  os: someText,
  arch: someText,
  commit: anyText,
  saved_at: count(0),
  machine_paths: listOf(machinePaths),
  journal: optional(storedFile),
  baseline: optional(storedFile),
  chain: listOf(storedArchive),
  must_rerun: namesTo(anyText),
} satisfies Record<keyof Manifest, Check>);

/** Contradictions between properties that are each valid. */
const contradiction = (manifest: Manifest): string | undefined => {
  const files = filesOf(manifest);
  if (manifest.kind !== 'checkpoint') return files.length === 0 ? undefined : 'a marker lists files';
  if (manifest.journal === undefined) return 'it lists no journal';
  const prefix = legPrefix({ os: manifest.os, arch: manifest.arch, runId: manifest.run_id, leg: manifest.leg });
  const foreign = files.find(({ key }) => !key.startsWith(prefix));
  return foreign === undefined ? undefined : `it lists a file of another job or run (${foreign.key})`;
};

/** Every file that a manifest lists. */
export const filesOf = ({ journal, baseline, chain }: Manifest): readonly StoredFile[] =>
  [journal, baseline, ...chain.flatMap(({ tree, deleted }) => [tree, deleted])].filter((file) => file !== undefined);
