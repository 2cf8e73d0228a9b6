import { formatDuration } from '../../base/duration.js';
import { err, ok, type Result } from '../../base/result.js';
import { openChild, type ChildProgram } from '../../machine/process/child-channel.js';
import { systemClock } from '../../machine/process/clock.js';
import type { ProcessGroup } from '../../state/run-state.js';
import { isFromWorker, SERVICE_OF, type ToWorker, type WorkerCall } from './worker-protocol.js';
import { unanswered, type StoreTrouble } from './store-trouble.js';

/** A call with what it is given. */
export type WorkerRequest = Pick<ToWorker, 'call' | 'given'>;

/** One worker process, from its start to its end. */
export type WorkerConnection = {
  readonly group: ProcessGroup;
  /**
   * The answer to a call. Past the deadline the process is ended, and with it every other call: nothing else ends a call
   * of the toolkit. During a download the deadline grows by a millisecond for each `SLOWEST_BYTES_PER_MS`.
   */
  readonly ask: (request: WorkerRequest, deadlineMs?: number) => Promise<Result<unknown, StoreTrouble>>;
  /** Whether it takes no more calls. */
  readonly isOver: () => boolean;
  /** Ends it with everything it has started, and waits until it is gone; open calls get that message. */
  readonly end: (because: string) => Promise<void>;
};

/** A transfer slower than this counts as no answer: 1 MiB/s. */
export const SLOWEST_BYTES_PER_MS = 1048;

type OpenCall = {
  readonly settle: (result: Result<unknown, StoreTrouble>) => void;
  readonly deadline: Deadline;
  /** The latest trouble on the way to its answer. */
  trouble?: string;
};

/** Starts a worker process; the error says why that is not possible. */
export const connectWorker = (program: ChildProgram, onMask: (value: string) => void): Result<WorkerConnection> => {
  const open = new Map<number, OpenCall>();
  let isOver = false;
  let lastId = 0;
  let gone = (): void => undefined;
  const whenGone = new Promise<void>((resolve) => (gone = resolve));

  const settle = (id: number, result: Result<unknown, StoreTrouble>): void => {
    open.get(id)?.settle(result);
    open.delete(id);
  };
  const giveUp = (because: string): void => {
    isOver = true;
    for (const id of open.keys()) settle(id, err(unanswered(because)));
  };
  const onMessage = (message: unknown): void => {
    if (!isFromWorker(message)) return;
    if (message.kind === 'mask') return onMask(message.value);
    if (message.kind === 'answer') return settle(message.id, message.result);
    const call = open.get(message.id);
    if (message.kind === 'size') call?.deadline.grow(message.bytes);
    else if (call !== undefined) call.trouble = message.message;
  };
  const onEnded = (how: string): void => {
    giveUp(`the worker process ${how}`);
    gone();
  };
  const opened = openChild(program, { onMessage, onEnded });
  if (!opened.ok) return opened;
  const child = opened.value;

  const end = (because: string): Promise<void> => {
    giveUp(because);
    child.kill();
    return whenGone;
  };
  const expire = (id: number, call: WorkerCall, afterMs: number): void => {
    const trouble = open.get(id)?.trouble;
    const time = formatDuration(afterMs);
    const service = SERVICE_OF[call];
    const answerer = service === undefined ? 'the worker process' : `the ${service} service`;
    const silence = `${answerer} did not answer within ${time}`;
    settle(id, err(unanswered(trouble === undefined ? silence : `${trouble} (tried for ${time})`)));
    void end('the worker process was ended, as another call to it got no answer');
  };
  const ask: WorkerConnection['ask'] = ({ call, given }, deadlineMs) =>
    new Promise((resolve) => {
      const id = ++lastId;
      const deadline = startDeadline(deadlineMs, (afterMs) => expire(id, call, afterMs));
      const settleCall = (result: Result<unknown, StoreTrouble>): void => {
        deadline.cancel();
        resolve(result);
      };
      open.set(id, { settle: settleCall, deadline });
      child.send({ kind: 'call', id, call, given } satisfies ToWorker);
    });
  return ok({ group: child.group, ask, isOver: () => isOver, end });
};

/** How long a call may take. */
type Deadline = {
  readonly cancel: () => void;
  /** So many bytes are downloaded for it. */
  readonly grow: (bytes: number) => void;
};

const startDeadline = (limitMs: number | undefined, expire: (afterMs: number) => void): Deadline => {
  const startedAt = systemClock.now();
  let largest = 0;
  const wait = (ms: number): (() => void) => systemClock.after(ms + startedAt - systemClock.now(), () => expire(ms));
  let cancel = limitMs === undefined ? () => undefined : wait(limitMs);
  return {
    cancel: () => cancel(),
    grow: (bytes) => {
      if (limitMs === undefined || bytes <= largest) return;
      largest = bytes;
      cancel();
      cancel = wait(limitMs + Math.round(bytes / SLOWEST_BYTES_PER_MS));
    },
  };
};
