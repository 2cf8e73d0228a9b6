import { createReadStream } from 'node:fs';
import { plainName, type ByteName } from '../../checkpoint/tar/byte-name.js';
import { createTarReader, type TarMember } from '../../checkpoint/tar/tar-reader.js';

/** What is told of an archive. */
export type ArchiveVisitor = {
  readonly member: (member: TarMember) => void;
  /** A piece of the latest member's body with its padding, as stored; valid from then on. */
  readonly body: (chunk: Buffer) => void;
};

/** Why an archive cannot be read; reading one ends with this. */
export class ArchiveError extends Error {
  /** Marks it as trouble with the world, not a bug of ours. */
  readonly code = 'EARCHIVE';
}

const READ_BYTES = 256 * 1024;

/** Reads a raw archive a chunk at a time and stops after each, for what came of it. Throws an `ArchiveError`, or what the system says. */
export const visitArchive = async function* (file: string, visitor: ArchiveVisitor): AsyncGenerator<void> {
  const reader = createTarReader(visitor);
  const chunks: AsyncIterable<Buffer> = createReadStream(file, { highWaterMark: READ_BYTES });
  for await (const chunk of chunks) {
    const read = reader.push(chunk);
    if (!read.ok) throw new ArchiveError(`${file} is not a whole archive: ${read.error}`);
    yield;
  }
  const ended = reader.end();
  if (!ended.ok) throw new ArchiveError(`${file} is not a whole archive: ${ended.error}`);
};

/** The member that a hard link leads to, by the name it has in its archive; undefined for other members. */
export const hardLinkTarget = (member: TarMember): ByteName | undefined =>
  member.kind === 'hardlink' ? plainName(member.linkName ?? '') : undefined;
