import type { GitHubEmulator, StoredEntry } from './start-github.js';

/** The cache entries that are parts of checkpoints, in the order they were made; the other entries are claims of jobs. */
export const checkpointEntries = async (github: GitHubEmulator): Promise<readonly StoredEntry[]> =>
  (await github.entries()).filter(({ key }) => !isWordOnLeg(key));

/** Whether a text holds the key of such a word. */
export const isWordOnLeg = (text: string): boolean => /\.(?:claim|ambiguous)-\d/.test(text);
