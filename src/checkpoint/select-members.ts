import type { ByteName } from './tar/byte-name.js';
import type { TarMember } from './tar/tar-headers.js';
import type { Listing } from './tar/tar-listing.js';

/** What decides which members of an incremental archive belong to a checkpoint. */
export type SelectionRules = {
  /** The listing that the archive was made against, its start set back for clocks that tick late. */
  readonly since: Listing;
  readonly isInScope: (name: ByteName) => boolean;
};

/**
 * Says of each member whether to keep it. An incremental archive carries all folders: one is kept when it is new or may
 * have changed itself, going by its ctime, so that a restore leaves the others alone.
 */
export const createMemberSelection =
  ({ since, isInScope }: SelectionRules): ((member: TarMember) => 'keep' | 'drop') =>
  (member) => {
    if (!isInScope(member.name)) return 'drop';
    return member.kind !== 'folder' || mayHaveChanged(member, since) ? 'keep' : 'drop';
  };

const mayHaveChanged = ({ name, ctimeMs }: TarMember, { folders, startedAtMs }: Listing): boolean =>
  ctimeMs === undefined || ctimeMs >= startedAtMs || !folders.has(name);
