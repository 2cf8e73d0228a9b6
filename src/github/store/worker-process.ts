import type { Result } from '../../base/result.js';
import type { WorkerHandlers } from './worker-handlers.js';
import { isToWorker, SERVICE_OF, type FromWorker, type ToWorker, type WorkerCall } from './worker-protocol.js';
import { troubleIn, type StoreTrouble } from './store-trouble.js';
import { hearToolkit, type Listen } from './toolkit-output.js';

/** Answers calls in this process until it ends. From now on what the toolkit prints leaves the process only as messages. */
export const serveCalls = (
  handlers: WorkerHandlers,
  send: (message: FromWorker) => void,
): ((message: unknown) => Promise<void>) => {
  const listenTo = hearToolkit((value) => send({ kind: 'mask', value }));
  return async (message) => {
    if (!isToWorker(message)) return;
    const { id, call } = message;
    const service = SERVICE_OF[call] ?? 'cache';
    const listen = listenTo((word) => {
      const trouble = troubleIn(service, word);
      if (trouble !== undefined) send({ kind: 'trouble', id, message: trouble.message });
      const bytes = DOWNLOAD.exec(word)?.[1];
      if (bytes !== undefined) send({ kind: 'size', id, bytes: Number(bytes) });
    });
    send({ kind: 'answer', id, result: await answer(handlers, message, listen) });
  };
};

/** As @actions/cache 6.3.0 prints it once a second during a download. */
const DOWNLOAD = /^Received \d+ of (\d+) /;

/** `given` comes from the client, whose types make it fit the call. */
const answer = (handlers: WorkerHandlers, { call, given }: ToWorker, listen: Listen): Promise<Answered> =>
  (handlers as Readonly<Record<WorkerCall, Handler>>)[call](given, listen);

type Answered = Result<unknown, StoreTrouble>;
type Handler = (given: unknown, listen: Listen) => Promise<Answered>;
