import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** A step's command that does nothing but what the test tells it. */
export type Puppet = {
  /** The next start of `puppet <name>` that the test has not taken yet. */
  readonly nextInvocation: () => Promise<Invocation>;
  /** How often it has been started. */
  readonly count: number;
};

/** One started `puppet <name>`. The promise of each order settles when the order was carried out. */
export type Invocation = {
  readonly pid: number;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The environment of its process. */
  readonly env: Readonly<Record<string, string>>;
  readonly print: (text: string, stream?: 'stdout' | 'stderr') => Promise<void>;
  /** Writes a file; a relative path is relative to its current folder. */
  readonly writeFile: (path: string, text: string) => Promise<void>;
  readonly ignoreSignal: (signal: NodeJS.Signals) => Promise<void>;
  readonly exit: (code: number) => void;
  /** Settles when the process has ended, for any reason. */
  readonly gone: Promise<void>;
};

/** All puppets of a rig, and the folder for the PATH that holds the command `puppet`. */
export type Puppets = {
  readonly binFolder: string;
  readonly puppet: (name: string) => Puppet;
  /** Rejects every `nextInvocation` that is still waiting. */
  readonly giveUp: (reason: string) => void;
  /** Ends all that still run. */
  readonly close: () => Promise<void>;
};

/** Opens the socket that puppets connect to and creates their command, both in `folder`. */
export const openPuppets = async (folder: string): Promise<Puppets> => {
  const casts = new Map<string, Cast>();
  const cast = (name: string): Cast => casts.get(name) ?? put(casts, name, new Cast());
  const living = new Set<Invocation>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    greet(socket, (name, invocation) => {
      living.add(invocation);
      void invocation.gone.then(() => living.delete(invocation));
      cast(name).add(invocation);
    });
  });
  const socketPath = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    binFolder: installCommand(folder, socketPath),
    puppet: cast,
    giveUp: (reason) => [...casts.values()].forEach((one) => one.giveUp(reason)),
    close: async () => {
      const closed = closeServer(server);
      for (const { pid } of living) kill(pid);
      await Promise.all([...living].map(({ gone }) => gone));
      // A puppet that was still connecting ends with its connection.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

type Waiter = { readonly resolve: (invocation: Invocation) => void; readonly reject: (reason: Error) => void };

/** The invocations of one name that the test has not taken yet, or the waits of the test for the next one. */
class Cast implements Puppet {
  count = 0;
  readonly #untaken: Invocation[] = [];
  #waiters: Waiter[] = [];

  readonly nextInvocation = (): Promise<Invocation> => {
    const next = this.#untaken.shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  };

  add(invocation: Invocation): void {
    this.count++;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#untaken.push(invocation);
    else waiter.resolve(invocation);
  }

  giveUp(reason: string): void {
    for (const { reject } of this.#waiters) reject(new Error(reason));
    this.#waiters = [];
  }
}

type Greeting = Pick<Invocation, 'pid' | 'args' | 'cwd' | 'env'> & { readonly name: string };

/** Reads the first line of a connection, which says who it is; each later line says that an order was carried out. */
const greet = (socket: Socket, onInvocation: (name: string, invocation: Invocation) => void): void => {
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const carriedOut: (() => void)[] = [];
  let unread = '';
  const take = (line: string): void => {
    if (line === 'done') return carriedOut.shift()?.();
    const { name, ...greeting } = JSON.parse(line) as Greeting;
    onInvocation(name, { ...greeting, gone, ...ordersFor(socket, carriedOut, gone) });
  };
  // A killed process resets its connection; `close` follows.
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (unread + chunk).split('\n');
    unread = lines.pop() ?? '';
    lines.forEach(take);
  });
};

type Orders = Pick<Invocation, 'print' | 'writeFile' | 'ignoreSignal' | 'exit'>;

const ordersFor = (socket: Socket, carriedOut: (() => void)[], gone: Promise<void>): Orders => {
  const send = (order: object): void => void socket.write(`${JSON.stringify(order)}\n`);
  const tell = (order: object): Promise<void> =>
    new Promise((resolve, reject) => {
      carriedOut.push(resolve);
      void gone.then(() => reject(new Error(`the puppet ended before it did ${JSON.stringify(order)}`)));
      send(order);
    });
  return {
    print: (text, stream = 'stdout') => tell({ do: 'print', text, fd: stream === 'stdout' ? 1 : 2 }),
    writeFile: (path, text) => tell({ do: 'writeFile', path, text }),
    ignoreSignal: (signal) => tell({ do: 'ignoreSignal', signal }),
    exit: (code) => send({ do: 'exit', code }),
  };
};

const installCommand = (folder: string, socketPath: string): string => {
  const binFolder = join(folder, 'bin');
  const command = join(binFolder, 'puppet');
  const script = join(import.meta.dirname, 'puppet-process.mjs');
  mkdirSync(binFolder);
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${script}' '${socketPath}' "$@"\n`);
  chmodSync(command, 0o755);
  return binFolder;
};

const put = <T>(map: Map<string, T>, key: string, value: T): T => {
  map.set(key, value);
  return value;
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
