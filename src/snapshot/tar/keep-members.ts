import type { ByteName } from '../../checkpoint/tar/byte-name.js';
import { createMemberCheck } from '../../checkpoint/check-member.js';
import { END_OF_ARCHIVE, folderHeaders } from '../../checkpoint/tar/tar-headers.js';
import type { TarMember } from '../../checkpoint/tar/tar-reader.js';
import { hardLinkTarget, visitArchive } from './visit-archive.js';

/** Which members of an archive are kept. */
export type Keeping = {
  /** Called for each member in order. */
  readonly belongs: (member: TarMember) => boolean;
  /** Names to leave out, with all hard links to them. */
  readonly secret: ReadonlySet<ByteName>;
  /** Files that tar could not read completely and padded with zeros. */
  readonly unreadable: ReadonlySet<ByteName>;
};

/** An archive of only the kept members. */
export type KeptMembers = {
  /** Its bytes, to be read once. Throws as `visitArchive` does. */
  readonly bytes: () => AsyncGenerator<Buffer>;
  /** The number of kept members, and the names in scope that were left out; valid once all bytes are read. */
  readonly tally: () => { readonly count: number; readonly leftOut: readonly ByteName[] };
};

/** Copies the kept members of a raw archive, without tar's name lists of folders and without members a restore would refuse. */
export const keptMembers = (file: string, keeping: Keeping): KeptMembers => {
  const guard = createMemberCheck();
  const leftOut: ByteName[] = [];
  let count = 0;

  const isKept = (member: TarMember): boolean => {
    if (!keeping.belongs(member) || isHalfRead(member, keeping)) return false;
    if (!isSecret(member, keeping) && guard.check(member) === undefined) return true;
    leftOut.push(member.name);
    return false;
  };
  const bytes = async function* (): AsyncGenerator<Buffer> {
    let pieces: Buffer[] = [];
    let withBody = false;
    const member = (latest: TarMember): void => {
      const kept = isKept(latest);
      withBody = kept && latest.kind !== 'folder';
      if (!kept) return;
      count += 1;
      pieces.push(latest.kind === 'folder' ? folderHeaders(latest) : latest.headers);
    };
    const body = (chunk: Buffer): void => {
      if (withBody) pieces.push(chunk);
    };
    for await (const _ of visitArchive(file, { member, body })) {
      if (pieces.length === 0) continue;
      yield Buffer.concat(pieces);
      pieces = [];
    }
    yield END_OF_ARCHIVE;
  };
  return { bytes, tally: () => ({ count, leftOut }) };
};

/** An unreadable folder is kept: its mode is known although its entries are not. */
const isHalfRead = (member: TarMember, { unreadable }: Keeping): boolean =>
  member.kind !== 'folder' && unreadable.has(member.name);

const isSecret = (member: TarMember, { secret }: Keeping): boolean =>
  secret.has(member.name) || secret.has(hardLinkTarget(member) ?? member.name);
