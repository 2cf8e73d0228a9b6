import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work with an owner; whatever it prints is attributed to that owner. */
export type OnBehalf<C> = <T>(of: C, work: () => T) => T;

/**
 * Redirects everything that JavaScript in this process prints on both streams to `onText`, together with its owner.
 * Messages that Node itself writes when it crashes still go to standard error.
 */
export const captureOutput = <C>(onText: (text: string, of: C | undefined) => void): OnBehalf<C> => {
  const current = new AsyncLocalStorage<C>();
  const take: Write = (chunk, encoding, done) => {
    onText(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString(), current.getStore());
    const whenDone = typeof encoding === 'function' ? encoding : done;
    if (whenDone !== undefined) process.nextTick(whenDone);
    return true;
  };
  process.stdout.write = take;
  process.stderr.write = take;
  return (of, work) => current.run(of, work);
};

type Done = (error?: Error | null) => void;
type Write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done) => boolean;
