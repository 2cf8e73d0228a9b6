import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Stream } from '../../run/context/ports.js';
import type { Fifo, FifoPool } from './fifo-pool.js';

/** Receives output; the chunk is only valid during the call. */
export type OnOutput = (stream: Stream, chunk: Buffer) => void;

/** The connection from one child's standard output and error to us. */
export type OutputPipe = {
  /** The `stdio` values of `spawn` for the child's standard output and standard error. */
  readonly childEnds: readonly [number | 'pipe', number | 'pipe'];
  /** Delivers the child's output; call it once, right after the spawn. */
  readonly deliver: (child: ChildProcess, onOutput: OnOutput) => Delivery;
  /** Call it instead of `deliver` when the child could not be started. */
  readonly abandon: () => void;
};

/** Output that is being delivered. */
export type Delivery = {
  /** Settles when no process can write any more and everything was delivered. */
  readonly drained: Promise<unknown>;
  /** Stops delivering but keeps reading, so that a process left in the background is not blocked. */
  readonly detach: () => void;
};

/**
 * Opens named pipes for a child's output. Unlike the socket pairs of `spawn`, a child can open them again as `/dev/stdout`
 * and `/dev/stderr`, and one pipe for both streams keeps their order. Without named pipes it falls back to socket pairs.
 */
export const openOutputPipe = (pool: FifoPool, splitStreams: boolean): OutputPipe => {
  const out = pool.take();
  const err = splitStreams ? pool.take() : out;
  if (out !== undefined && err !== undefined) return fifoPipe(pool, out, err);
  if (out !== undefined) abandonFifos(pool, [out]);
  return socketPipe(splitStreams);
};

const fifoPipe = (pool: FifoPool, out: Fifo, err: Fifo): OutputPipe => {
  const fifos = out === err ? [out] : [out, err];
  return {
    childEnds: [out.writeEnd, err.writeEnd],
    deliver: (_child, onOutput) => {
      for (const fifo of fifos) closeSync(fifo.writeEnd);
      if (out === err) return readFifo(pool, out, (chunk) => onOutput('all', chunk));
      return together([
        readFifo(pool, out, (chunk) => onOutput('stdout', chunk)),
        readFifo(pool, err, (chunk) => onOutput('stderr', chunk)),
      ]);
    },
    abandon: () => abandonFifos(pool, fifos),
  };
};

const abandonFifos = (pool: FifoPool, fifos: readonly Fifo[]): void => {
  for (const fifo of fifos) {
    closeSync(fifo.writeEnd);
    closeSync(fifo.readEnd);
    pool.putBack(fifo);
  }
};

/** One buffer for all named pipes, of a pipe's capacity: each read is handed on before the next one. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

const readFifo = (pool: FifoPool, fifo: Fifo, onChunk: (chunk: Buffer) => void): Delivery => {
  let isDetached = false;
  const callback = (length: number): boolean => {
    if (!isDetached) onChunk(readBuffer.subarray(0, length));
    return true;
  };
  const socket = new Socket({
    fd: fifo.readEnd,
    readable: true,
    writable: false,
    onread: { buffer: readBuffer, callback },
  });
  const drained = closed(socket);
  socket.once('close', () => {
    if (!isDetached) pool.putBack(fifo);
  });
  const detach = (): void => {
    isDetached = true;
    if (socket.closed) return;
    socket.unref();
    pool.discard(fifo);
  };
  return { drained, detach };
};

const socketPipe = (splitStreams: boolean): OutputPipe => ({
  childEnds: ['pipe', 'pipe'],
  deliver: ({ stdout, stderr }, onOutput) =>
    together([
      readSocket(stdout, (chunk) => onOutput(splitStreams ? 'stdout' : 'all', chunk)),
      readSocket(stderr, (chunk) => onOutput(splitStreams ? 'stderr' : 'all', chunk)),
    ]),
  abandon: () => undefined,
});

const readSocket = (stream: Readable | null, onChunk: (chunk: Buffer) => void): Delivery => {
  if (stream === null) return { drained: Promise.resolve(), detach: () => undefined };
  let isDetached = false;
  stream.on('data', (chunk: Buffer) => {
    if (!isDetached) onChunk(chunk);
  });
  const detach = (): void => {
    isDetached = true;
    if (stream instanceof Socket) stream.unref();
  };
  return { drained: closed(stream), detach };
};

/** A stream that breaks is closed too; the output delivered until then counts. */
const closed = (stream: Readable): Promise<void> =>
  new Promise((resolve) => {
    stream.on('error', () => undefined);
    stream.once('close', resolve);
  });

const together = (deliveries: readonly Delivery[]): Delivery => ({
  drained: Promise.all(deliveries.map(({ drained }) => drained)),
  detach: () => {
    for (const delivery of deliveries) delivery.detach();
  },
});
