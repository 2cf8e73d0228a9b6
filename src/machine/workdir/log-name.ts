import { shortDigest } from '../../base/hash.js';

/** A segment is an id, with the number of an item or iteration where it has one, or stands for a called file. */
const SEGMENT = /(?:[A-Za-z_][A-Za-z0-9_-]*(?:\[\d+\])?|@pipeline)/.source;
const STEP_PATH_PATTERN = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
/** Some systems allow 1024 bytes for a whole path. */
const LONGEST = 500;

/**
 * The name of a step's files below the logs' folder, without an ending: its path. Where file systems could take it for
 * another step's, because it has capital letters, or not take it, because it is long, a digest tells it apart.
 * Undefined for what is no path of a step.
 */
export const logName = (step: string): string | undefined => {
  if (!STEP_PATH_PATTERN.test(step)) return undefined;
  if (step.length > LONGEST) return `~${shortDigest(step)}`;
  return step === step.toLowerCase() ? step : `${step}~${shortDigest(step).slice(0, 12)}`;
};
