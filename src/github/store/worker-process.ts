import type { Result } from '../../base/result.js';
import type { WorkerHandlers } from './worker-handlers.js';
import { isToWorker, type FromWorker, type WorkerCall, type ToWorker } from './worker-protocol.js';
import { troubleIn, type StoreTrouble } from './store-trouble.js';
import { hearToolkit, type Listen } from './toolkit-output.js';

/** Answers calls in this process until it ends; what the toolkit prints from now on only gets out as messages. */
export const serveCalls = (
  handlers: WorkerHandlers,
  send: (message: FromWorker) => void,
): ((message: unknown) => Promise<void>) => {
  const listenTo = hearToolkit((value) => send({ kind: 'mask', value }));
  return async (message) => {
    if (!isToWorker(message)) return;
    const { id, call } = message;
    const service = call.endsWith('Artifact') || call === 'listArtifacts' ? 'artifact' : 'cache';
    const listen = listenTo((word) => {
      const trouble = troubleIn(service, word);
      if (trouble !== undefined) send({ kind: 'trouble', id, message: trouble.message });
      const bytes = DOWNLOAD.exec(word)?.[1];
      if (bytes !== undefined) send({ kind: 'size', id, bytes: Number(bytes) });
    });
    send({ kind: 'answer', id, result: await answer(handlers, message, listen) });
  };
};

/** In the words of @actions/cache 6.3.0, once a second while it downloads. */
const DOWNLOAD = /^Received \d+ of (\d+) /;

/** What was given came from `ask` of the client, whose types fit the call to it. */
const answer = (handlers: WorkerHandlers, { call, given }: ToWorker, listen: Listen): Promise<Answered> =>
  (handlers as Readonly<Record<WorkerCall, Handler>>)[call](given, listen);

type Answered = Result<unknown, StoreTrouble>;
type Handler = (given: unknown, listen: Listen) => Promise<Answered>;
