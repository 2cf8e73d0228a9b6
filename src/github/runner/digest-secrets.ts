import { sha256 } from '../../base/hash.js';
import { stableJson } from '../../base/stable-json.js';

/** Which secrets, where their values are, and the nonce of the start that asks. */
export type SecretsToDigest = {
  readonly names: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nonce: string;
};

/** Tells whether secrets still have the values they had, without the values. Only for files of this machine. */
export const digestSecrets = ({ names, env, nonce }: SecretsToDigest): string =>
  sha256(stableJson([nonce, ...names.map((name) => env[name] ?? '')]));
