import { err, ok, type Result } from '../../base/result.js';
import { prepareStoreFolder, storeFolder } from '../../machine/job/store-folder.js';
import { addTarWrapper } from '../../snapshot/tar/tar-wrapper.js';
import type { ProcessGroup } from '../../state/run-state.js';
import type { ArchiveWorker } from './archive-worker.js';
import type { CheckpointStore } from './checkpoint-store.js';
import type { RecordStore } from './record-store.js';
import { unavailable } from './store-trouble.js';
import { connectWorker, type WorkerConnection } from './worker-connection.js';
import { knownRefusal, workerEnvironment, type Environment } from './worker-environment.js';
import type { Answer, Given, WorkerCall } from './worker-protocol.js';

/** GitHub's stores and the work on archives, done by a worker process. The first call starts it, or the next after its end. */
export type WorkerClient = {
  readonly store: CheckpointStore;
  readonly records: RecordStore;
  readonly archives: ArchiveWorker;
  /** Ends the process, if there is one, and waits until it is gone. Open and later calls get an error. */
  readonly close: () => Promise<void>;
};

/** How a worker process is started, and who hears of it. */
export type WorkerOptions = {
  /** The path of a Node and what it runs. */
  readonly program: readonly string[];
  /** Absolute; for this worker alone, made if missing. */
  readonly folder: string;
  /** Of the action. The process gets the part that the toolkit needs. */
  readonly env: Environment;
  /** A value that no log may show. It comes before the answer to the call that needed it. */
  readonly onMask: (value: string) => void;
  /** A process was started. A later phase of the job has to end it if this one cannot. */
  readonly onStarted: (group: ProcessGroup) => void;
};

/** A worker whose process starts with the first call. */
export const startWorker = (options: WorkerOptions): WorkerClient => {
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
  /** The worker's answer fits the call. */
  const call =
    <C extends WorkerCall>(name: C) =>
    async (given: Given<C>, deadlineMs?: number): Promise<Answer<C>> => {
      const refusal = knownRefusal(options.env, name);
      if (refusal !== undefined) return err(refusal) as Answer<C>;
      const connected = connect();
      if (!connected.ok) return err(unavailable(connected.error)) as Answer<C>;
      return (await connected.value.ask({ call: name, given }, deadlineMs)) as Answer<C>;
    };
  return {
    store: { find: call('find'), download: call('download'), save: call('save') },
    records: { list: call('listRecords'), download: call('downloadRecord'), save: call('saveRecord') },
    archives: {
      packArchive: call('packArchive'),
      packFile: call('packFile'),
      readManifest: call('readManifest'),
      unpackFile: call('unpackFile'),
      restoreTree: call('restoreTree'),
    },
    close: async () => {
      isClosed = true;
      await connection?.end(CLOSED);
    },
  };
};

const CLOSED = 'the store was closed';

const startProcess = ({ program, folder, env, onMask }: WorkerOptions): Result<WorkerConnection> => {
  const paths = storeFolder(folder);
  const prepared = prepareStoreFolder(paths);
  const searchPath = prepared.ok ? addTarWrapper(paths.programs, env['PATH'] ?? '') : prepared;
  if (!searchPath.ok) return searchPath;
  const ownEnv = workerEnvironment(env, { folder: paths.path, temp: paths.temp, searchPath: searchPath.value });
  return connectWorker({ argv: program, env: ownEnv, cwd: paths.path }, onMask);
};
