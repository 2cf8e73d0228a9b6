import { shortDigest } from '../../base/hash.js';
import { stableJson, type Json } from '../../base/stable-json.js';

/** Digest of declared env, on top of the env declared around it. */
export const envDigest = (outer: string, env: Readonly<Record<string, string>>): string =>
  Object.keys(env).length === 0 ? outer : shortDigest(`${outer}\n${stableJson(env)}`);

/** Digest of a value that inner steps depend on, such as an item, on top of the values around it. */
export const valuesDigest = (outer: string, value: Json): string => shortDigest(`${outer}\n${stableJson(value)}`);

/** Digest of the identities of a step's needs; for a step without needs, the digest of its list. */
export const needsDigest = (listNeeds: string, identities: readonly string[]): string =>
  identities.length === 0 ? listNeeds : shortDigest(identities.join('\n'));
