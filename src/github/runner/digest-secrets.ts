import { sha256 } from '../../base/hash.js';
import { stableJson } from '../../base/stable-json.js';

/** The names of secrets, the environment with their values, and the nonce of this start. */
export type SecretsToDigest = {
  readonly names: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nonce: string;
};

/** A digest to compare secrets with later values without storing them. Only for files on this machine. */
export const digestSecrets = ({ names, env, nonce }: SecretsToDigest): string =>
  sha256(stableJson([nonce, ...names.map((name) => env[name] ?? '')]));
