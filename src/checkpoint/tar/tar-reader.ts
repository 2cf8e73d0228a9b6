import { err, ok, type Result } from '../../base/result.js';
import { BLOCK_BYTES, isAllZero, paddedBytes } from './tar-block.js';
import { readHeaders, type HeaderRun, type TarMember } from './tar-headers.js';

export type { TarMember, TarMemberKind } from './tar-headers.js';

/** Callbacks for an archive, in its order. Buffers may be views of the chunks. */
export type TarVisitor = {
  readonly member: (member: TarMember) => void;
  /** A piece of the latest member's body as stored, including its padding. */
  readonly body: (chunk: Buffer) => void;
};

/** Reads an archive in chunks of any size. After an error it stays in error. */
export type TarReader = {
  readonly push: (chunk: Buffer) => Result<void>;
  /** An error unless the archive was complete. */
  readonly end: () => Result<void>;
};

/**
 * Reads archives in the formats of GNU tar: pax, ustar and its own. Errors name the fault and the byte. Bodies are never
 * buffered; headers are, up to 64 MiB.
 */
export const createTarReader = (visitor: TarVisitor): TarReader => {
  const gather = createGather();
  let position: Position = { kind: 'headers', neededBytes: BLOCK_BYTES };
  let offset = 0;
  let trouble: Result<void> = ok(undefined);

  const found = (run: HeaderRun): Position => {
    if (run.kind === 'end') return { kind: 'end' };
    if (run.kind !== 'member') return { kind: 'headers', neededBytes: BLOCK_BYTES };
    visitor.member(run.member);
    return afterHeaders(paddedBytes(run.member.sizeBytes));
  };
  const inHeaders = (data: Buffer, neededBytes: number): Result<number> => {
    const { run, taken } = gather.take(data, neededBytes);
    if (run === undefined) return ok(taken);
    const read = readHeaders(run);
    if (!read.ok) return err(`${read.error}, in what begins at byte ${String(offset)}`);
    if (read.value.kind === 'unfinished') {
      position = { kind: 'headers', neededBytes: read.value.neededBytes };
      gather.hold(run);
      return ok(taken);
    }
    offset += run.length;
    position = found(read.value);
    return ok(taken);
  };
  const inBody = (data: Buffer, leftBytes: number): Result<number> => {
    const piece = data.subarray(0, leftBytes);
    offset += piece.length;
    position = afterHeaders(leftBytes - piece.length);
    visitor.body(piece);
    return ok(piece.length);
  };
  const afterEnd = (data: Buffer): Result<number> =>
    isAllZero(data)
      ? ok(data.length)
      : err(`something follows the end of the archive, which is at byte ${String(offset)}`);

  const advance = (data: Buffer): Result<number> => {
    if (position.kind === 'headers') return inHeaders(data, position.neededBytes);
    return position.kind === 'body' ? inBody(data, position.leftBytes) : afterEnd(data);
  };
  const push = (chunk: Buffer): Result<void> => {
    for (let at = 0; at < chunk.length && trouble.ok;) {
      const taken = advance(chunk.subarray(at));
      if (taken.ok) at += taken.value;
      else trouble = taken;
    }
    return trouble;
  };
  const end = (): Result<void> => {
    if (!trouble.ok || position.kind === 'end') return trouble;
    return err(`the archive is truncated at byte ${String(offset + gather.heldBytes())}`);
  };
  return { push, end };
};

type Position =
  | { readonly kind: 'headers'; readonly neededBytes: number }
  | { readonly kind: 'body'; readonly leftBytes: number }
  | { readonly kind: 'end' };

const afterHeaders = (leftBytes: number): Position =>
  leftBytes > 0 ? { kind: 'body', leftBytes } : { kind: 'headers', neededBytes: BLOCK_BYTES };

/** Collects bytes across chunks. */
type Gather = {
  /** The needed bytes once there are enough, and how many bytes of the data were taken. */
  readonly take: (data: Buffer, neededBytes: number) => { readonly run?: Buffer; readonly taken: number };
  /** Keeps bytes in front of all later ones. */
  readonly hold: (bytes: Buffer) => void;
  readonly heldBytes: () => number;
};

const createGather = (): Gather => {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const hold = (bytes: Buffer): void => {
    held.push(bytes);
    heldBytes += bytes.length;
  };
  const take: Gather['take'] = (data, neededBytes) => {
    const piece = data.subarray(0, neededBytes - heldBytes);
    if (heldBytes + piece.length < neededBytes) {
      hold(piece);
      return { taken: piece.length };
    }
    const run = held.length === 0 ? piece : Buffer.concat([...held, piece]);
    held = [];
    heldBytes = 0;
    return { run, taken: piece.length };
  };
  return { take, hold, heldBytes: () => heldBytes };
};
