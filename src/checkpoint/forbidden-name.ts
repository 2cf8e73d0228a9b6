import type { ByteName } from './tar/byte-name.js';

/** Why a checkpoint may never hold or delete something of that name; undefined for an ordinary name. */
export const forbiddenBecause = (name: ByteName): string | undefined => {
  if (name.startsWith('/')) return 'its name is absolute';
  if (name.includes('\0')) return 'its name has a NUL byte in it';
  const segments = name.split('/');
  if (segments.includes('..')) return 'its name leads out with ".."';
  if (segments.includes('') || segments.includes('.')) return 'its name has an empty part or a "." in it';
  return isGitOwn(name) ? 'it is what git itself goes by' : undefined;
};

/**
 * Whether git would obey it: the workspace's own `.git` with all that is in it, and every `.git/config`. Capitals do not
 * count, for file systems that do not tell them apart.
 */
export const isGitOwn = (name: ByteName): boolean => /^\.git(?:\/|$)|(?:^|\/)\.git\/config(?:\/|$)/i.test(name);
