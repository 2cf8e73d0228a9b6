import { invariant } from '../base/assert.js';
import { sha256 } from '../base/hash.js';
import { stableJson, type Json } from '../base/stable-json.js';

/** What makes the checkpoints of one leg of a workflow run findable: they share the beginning of their keys. */
export type LegParts = {
  readonly os: string;
  readonly arch: string;
  /** Of the workflow run. */
  readonly runId: string;
  /** As `legOf` gives it. */
  readonly leg: string;
};

/** What a key says about the part of a checkpoint that lies under it. */
export type KeyParts = LegParts & {
  /** Of the workflow run, from 1. */
  readonly attempt: number;
  /** Rises with every checkpoint of a leg, over all attempts. */
  readonly sequence: number;
  /** Of the start that wrote it: no other start knows it. */
  readonly nonce: string;
};

/** What tells the legs of a workflow run apart. */
export type LegSource = {
  /** The file, or the workflow ref that begins with it: what follows `@refs/` does not count. */
  readonly workflowFile: string;
  readonly job: string;
  /** The values of this job's matrix; null without one. */
  readonly matrix: Json;
  /** Id of the step that uses the action, as GitHub gives it. */
  readonly action: string;
  /** The pipeline file, as it was named. */
  readonly pipeline: string;
  /** What the user gave to tell legs apart that are alike otherwise; empty when nothing. */
  readonly id: string;
};

/** The longest key that a cache takes, in characters. */
const LONGEST_KEY = 512;

const SCHEME = 'savepoint-v1';
const WORD = '[a-z0-9.]+';
const KEY = new RegExp(`^${SCHEME}-(${WORD})-(${WORD})-(${WORD})-(${WORD})-(\\d+)-(\\d+)-(${WORD})$`);

/**
 * The key of a part: `savepoint-v1-<os>-<arch>-<run id>-<leg>-<attempt>-<sequence>-<nonce>`. Letters become lower case and
 * what is neither letter nor digit a dot, so that a dash only ever divides. At most 512 characters, no comma.
 */
export const formatKey = (parts: KeyParts): string => {
  const key = `${legPrefix(parts)}${entryFolder(parts)}`;
  invariant(key.length <= LONGEST_KEY, `the key ${key} has at most ${LONGEST_KEY} characters`);
  return key;
};

/** What a key says; undefined when the text is not a key as `formatKey` writes it. */
export const parseKey = (text: string): KeyParts | undefined => {
  const [, os, arch, runId, leg, attempt, sequence, nonce] = KEY.exec(text) ?? [];
  if (os === undefined || arch === undefined || runId === undefined || leg === undefined || nonce === undefined)
    return undefined;
  const parts = { os, arch, runId, leg, attempt: Number(attempt), sequence: Number(sequence), nonce };
  return areCounts(parts) && text.length <= LONGEST_KEY && formatKey(parts) === text ? parts : undefined;
};

/** How the keys of a leg begin, and no others; up to and with the dash after the leg. */
export const legPrefix = ({ os, arch, runId, leg }: LegParts): string =>
  `${[SCHEME, ...[os, arch, runId, leg].map(wordOf)].join('-')}-`;

/** Folder of a part beside other parts of its leg: `<attempt>-<sequence>-<nonce>`. */
export const entryFolder = (parts: Pick<KeyParts, 'attempt' | 'sequence' | 'nonce'>): string => {
  invariant(areCounts(parts), 'attempt and sequence are whole numbers');
  return `${padded(parts.attempt, 3)}-${padded(parts.sequence, 6)}-${wordOf(parts.nonce)}`;
};

/** The same 16 hex digits for the same leg in every attempt of a workflow run; others for every other leg. */
export const legOf = ({ workflowFile, job, matrix, action, pipeline, id }: LegSource): string => {
  const file = workflowFile.replace(/@refs\/.*$/, '');
  return sha256(stableJson([file, job, matrix, action, pipeline, id])).slice(0, 16);
};

const areCounts = ({ attempt, sequence }: Pick<KeyParts, 'attempt' | 'sequence'>): boolean =>
  [attempt, sequence].every((count) => Number.isSafeInteger(count) && count >= 0);

const padded = (count: number, digits: number): string => String(count).padStart(digits, '0');

const wordOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9.]/g, '.') || '.';
