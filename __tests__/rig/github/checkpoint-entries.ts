import type { GitHubEmulator, StoredEntry } from './start-github.js';

/** The entries of the cache that are parts of checkpoints, in the order they were made; the others say whose a leg is. */
export const checkpointEntries = async (github: GitHubEmulator): Promise<readonly StoredEntry[]> =>
  (await github.entries()).filter(({ key }) => !isWordOnLeg(key));

/** Whether a text holds the key of such a word. */
export const isWordOnLeg = (text: string): boolean => /\.(?:claim|ambiguous)-\d/.test(text);
