import { AsyncLocalStorage } from 'node:async_hooks';

/** Does work on behalf of somebody, whose every print on the way is known to be theirs. */
export type OnBehalf<C> = <T>(of: C, work: () => T) => T;

/**
 * Takes over what the JavaScript of this process prints on both streams, from now on: it goes nowhere but to `onText`,
 * with the one on whose behalf it was printed. What Node itself writes as it dies still goes to standard error.
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
