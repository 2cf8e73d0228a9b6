import { err, ok, type Result } from '../../base/result.js';
import { addTarWrapper } from '../../snapshot/tar/tar-wrapper.js';
import { prepareStoreFolder, storeFolder } from '../../machine/job/store-folder.js';
import type { ProcessGroup } from '../../state/run-state.js';
import { connectWorker, type WorkerConnection, type WorkerRequest } from './worker-connection.js';
import { knownRefusal, workerEnvironment, type Environment } from './worker-environment.js';
import type { Answer, WorkerCall } from './worker-protocol.js';
import { unavailable, type StoreTrouble } from './store-trouble.js';

/** The stores of GitHub, behind a process of their own. */
export type Store = {
  /** Never rejects. The first call starts the process, and so does the next one after it was ended or died. */
  readonly ask: <C extends WorkerCall>(request: WorkerRequest<C>) => Promise<Result<Answer<C>, StoreTrouble>>;
  /** Ends the process, if there is one, and waits until it is gone. Calls that are open or come later get an error. */
  readonly close: () => Promise<void>;
};

/** What a store needs. */
export type WorkerOptions = {
  /** How to start the worker process: the path of a Node and what it runs. */
  readonly program: readonly string[];
  /** Absolute; of this store alone, made when it is missing. */
  readonly folder: string;
  /** Of the action; the process gets the part of it that the toolkit needs. */
  readonly env: Environment;
  /** A value that must not show in any log, told before the answer to whatever needed it. */
  readonly onMask: (value: string) => void;
  /** A process was started: who comes after us has to end it. */
  readonly onStarted: (group: ProcessGroup) => void;
};

/** A store that starts nothing before it is asked. */
export const startWorker = (options: WorkerOptions): Store => {
  let connection: WorkerConnection | undefined;
  let isClosed = false;

  const connect = (): Result<WorkerConnection> => {
    if (isClosed) return err(CLOSED);
    if (connection?.isOver() === false) return ok(connection);
    const connected = startProcess(options);
    if (!connected.ok) return connected;
    connection = connected.value;
    options.onStarted(connection.group);
    return connected;
  };
  const ask: Store['ask'] = async (request) => {
    const refusal = knownRefusal(options.env, request.call);
    if (refusal !== undefined) return err(refusal);
    const connected = connect();
    return connected.ok ? connected.value.ask(request) : err(unavailable(connected.error));
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    await connection?.end(CLOSED);
  };
  return { ask, close };
};

const CLOSED = 'the store was closed';

const startProcess = ({ program, folder, env, onMask }: WorkerOptions): Result<WorkerConnection> => {
  const places = storeFolder(folder);
  const prepared = prepareStoreFolder(places);
  const searchPath = prepared.ok ? addTarWrapper(places.programs, env['PATH'] ?? '') : prepared;
  if (!searchPath.ok) return searchPath;
  const ownEnv = workerEnvironment(env, { folder: places.path, temp: places.temp, searchPath: searchPath.value });
  return connectWorker({ argv: program, env: ownEnv, cwd: places.path }, onMask);
};
