import { fork } from 'node:child_process';
import { join } from 'node:path';
import type * as artifact from '@actions/artifact';
import type * as cache from '@actions/cache';

/** GitHub's own clients in a process of their own, which outlives single calls. Calls go one after the other. */
export type Toolkit = AsyncDisposable & {
  readonly call: <N extends keyof Calls>(call: ToolkitCall<N>) => Promise<ToolkitResult<N>>;
  /** Waits until the call that is on its way has printed this. */
  readonly untilPrinted: (pattern: RegExp) => Promise<string>;
  /** Ends it in the middle of what it does. */
  readonly kill: () => Promise<void>;
};

/** A call of one function of the clients. */
export type ToolkitCall<N extends keyof Calls> = {
  readonly call: N;
  readonly args: Parameters<Calls[N]>;
  /** Its current folder and workspace. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
};

/** How a call ended: with a value, or with the name and message of what it threw; and what it printed. */
export type ToolkitResult<N extends keyof Calls> = {
  readonly value?: Awaited<ReturnType<Calls[N]>>;
  readonly error?: string;
  readonly printed: string;
};

type Calls = Pick<typeof cache, 'saveCache' | 'restoreCache'> &
  Pick<
    artifact.DefaultArtifactClient,
    'uploadArtifact' | 'listArtifacts' | 'getArtifact' | 'downloadArtifact' | 'deleteArtifact'
  >;

/** Starts the process; `env` reaches Node itself, such as `NODE_OPTIONS`. */
export const startToolkit = (env: Readonly<Record<string, string>> = {}): Toolkit => {
  const child = fork(join(import.meta.dirname, 'toolkit-child.mjs'), {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let printed = '';
  let waiting: readonly (() => boolean)[] = [];
  let settle: (result: ToolkitResult<never>) => void = () => {};
  child.on('message', ({ printed: soFar, done }: Message) => {
    printed = soFar;
    waiting = waiting.filter((isSettled) => !isSettled());
    if (done !== undefined) settle({ ...done, printed });
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => settle({ error: 'the process ended', printed }));
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  return {
    call: (call) =>
      new Promise((resolve) => {
        settle = resolve;
        child.send(call);
      }),
    untilPrinted: (pattern) =>
      new Promise((resolve) => {
        const look = (): boolean => {
          if (!pattern.test(printed)) return false;
          resolve(printed);
          return true;
        };
        if (!look()) waiting = [...waiting, look];
      }),
    kill,
    [Symbol.asyncDispose]: kill,
  };
};

type Message = {
  readonly printed: string;
  readonly done?: { readonly value?: never; readonly error?: string };
};
