import { createReadStream } from 'node:fs';
import { plainName, type ByteName } from '../../checkpoint/tar/byte-name.js';
import { createTarReader, type TarMember } from '../../checkpoint/tar/tar-reader.js';

/** Callbacks for an archive. */
export type ArchiveVisitor = {
  readonly member: (member: TarMember) => void;
  /** A piece of the latest member's body with its padding, as stored; it stays valid after the call. */
  readonly body: (chunk: Buffer) => void;
};

/** Thrown when an archive cannot be read. */
export class ArchiveError extends Error {
  /** Marks an external problem, as opposed to our own bug. */
  readonly code = 'EARCHIVE';
}

const READ_BYTES = 256 * 1024;

/** Reads a raw archive, yielding after each chunk so that results can be used. Throws an `ArchiveError` or the system's errors. */
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

/** The name of the member that a hard link leads to; undefined for other members. */
export const hardLinkTarget = (member: TarMember): ByteName | undefined =>
  member.kind === 'hardlink' ? plainName(member.linkName ?? '') : undefined;
