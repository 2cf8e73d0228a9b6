import type { ByteName } from './tar/byte-name.js';
import type { TarMember } from './tar/tar-headers.js';
import type { Listing } from './tar/tar-listing.js';

/** The rules that select members of an incremental archive for a checkpoint. */
export type SelectionRules = {
  /** The listing that the archive was made against, backdated because file times are coarse. */
  readonly since: Listing;
  readonly isInScope: (name: ByteName) => boolean;
};

/**
 * Decides which members to keep. An incremental archive contains all folders; a folder is kept if it is new or may have
 * changed itself, judging by its ctime, so that a restore does not touch the others.
 */
export const createMemberSelection =
  ({ since, isInScope }: SelectionRules): ((member: TarMember) => 'keep' | 'drop') =>
  (member) => {
    if (!isInScope(member.name)) return 'drop';
    return member.kind !== 'folder' || mayHaveChanged(member, since) ? 'keep' : 'drop';
  };

const mayHaveChanged = ({ name, ctimeMs }: TarMember, { folders, startedAtMs }: Listing): boolean =>
  ctimeMs === undefined || ctimeMs >= startedAtMs || !folders.has(name);
