import { invariant } from '../base/assert.js';
import { sha256 } from '../base/hash.js';
import { stableJson, type Json } from '../base/stable-json.js';

/** The parts that all keys of one leg of a workflow run begin with. */
export type LegParts = {
  readonly os: string;
  readonly arch: string;
  /** Of the workflow run. */
  readonly runId: string;
  /** As `legOf` gives it. */
  readonly leg: string;
};

/** The parts of a key, which name one part of a checkpoint. */
export type KeyParts = LegParts & {
  /** Of the workflow run, from 1. */
  readonly attempt: number;
  /** Rises with every checkpoint of a leg, over all attempts. */
  readonly sequence: number;
  /** Nonce of the start that wrote it, known to no other start. */
  readonly nonce: string;
};

/** The inputs that distinguish the legs of a workflow run. */
export type LegSource = {
  /** The file, or the workflow ref that begins with it: anything after `@refs/` is ignored. */
  readonly workflowFile: string;
  readonly job: string;
  /** The values of this job's matrix; null without one. */
  readonly matrix: Json;
  /** Id of the step that uses the action, as GitHub gives it. */
  readonly action: string;
  /** The pipeline file, as the user named it. */
  readonly pipeline: string;
  /** The user's `id` input for legs that are otherwise alike; may be empty. */
  readonly id: string;
};

/** The longest key that a cache accepts, in characters. */
const LONGEST_KEY = 512;

const SCHEME = 'savepoint-v1';
const WORD = '[a-z0-9.]+';
const KEY = new RegExp(`^${SCHEME}-(${WORD})-(${WORD})-(${WORD})-(${WORD})-(\\d+)-(\\d+)-(${WORD})$`);

/**
 * The key of a part: `savepoint-v1-<os>-<arch>-<run id>-<leg>-<attempt>-<sequence>-<nonce>`. Letters become lower case
 * and other characters except digits a dot, so that dashes only separate. At most 512 characters, no comma.
 */
export const formatKey = (parts: KeyParts): string => {
  const key = `${legPrefix(parts)}${entryFolder(parts)}`;
  invariant(key.length <= LONGEST_KEY, `the key ${key} has at most ${LONGEST_KEY} characters`);
  return key;
};

/** The parts of a key; undefined when `formatKey` would not write this text. */
export const parseKey = (text: string): KeyParts | undefined => {
  const [, os, arch, runId, leg, attempt, sequence, nonce] = KEY.exec(text) ?? [];
  if (os === undefined || arch === undefined || runId === undefined || leg === undefined || nonce === undefined)
    return undefined;
  const parts = { os, arch, runId, leg, attempt: Number(attempt), sequence: Number(sequence), nonce };
  return areCounts(parts) && text.length <= LONGEST_KEY && formatKey(parts) === text ? parts : undefined;
};

/** The common prefix of a leg's keys, up to and including the dash after the leg. */
export const legPrefix = ({ os, arch, runId, leg }: LegParts): string =>
  `${[SCHEME, ...[os, arch, runId, leg].map(wordOf)].join('-')}-`;

/** Folder name of a part, unique within its leg: `<attempt>-<sequence>-<nonce>`. */
export const entryFolder = (parts: Pick<KeyParts, 'attempt' | 'sequence' | 'nonce'>): string => {
  invariant(areCounts(parts), 'attempt and sequence are whole numbers');
  return `${padded(parts.attempt, 3)}-${padded(parts.sequence, 6)}-${wordOf(parts.nonce)}`;
};

/** 16 hex digits that are the same for a leg in every attempt of a workflow run, and differ between legs. */
export const legOf = ({ workflowFile, job, matrix, action, pipeline, id }: LegSource): string => {
  const file = workflowFile.replace(/@refs\/.*$/, '');
  return sha256(stableJson([file, job, matrix, action, pipeline, id])).slice(0, 16);
};

const areCounts = ({ attempt, sequence }: Pick<KeyParts, 'attempt' | 'sequence'>): boolean =>
  [attempt, sequence].every((count) => Number.isSafeInteger(count) && count >= 0);

const padded = (count: number, digits: number): string => String(count).padStart(digits, '0');

const wordOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9.]/g, '.') || '.';
