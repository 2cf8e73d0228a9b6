import { err, ok, type Result } from '../../base/result.js';

/** Runs system calls; a failed one becomes an error that begins with `what`. Our own bugs still throw. */
export const tryIo = <T>(what: string, calls: () => T): Result<T> => {
  try {
    return ok(calls());
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return err(ioMessage(what, error));
  }
};

/** The same for calls that may report an error of their own. */
export const tryIoResult = <T>(what: string, calls: () => Result<T>): Result<T> => flat(tryIo(what, calls));

/** The same for asynchronous calls. */
export const tryIoAsync = async <T>(what: string, calls: () => Promise<T>): Promise<Result<T>> => {
  try {
    return ok(await calls());
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return err(ioMessage(what, error));
  }
};

/** The same for asynchronous calls that may report an error of their own. */
export const tryIoResultAsync = async <T>(what: string, calls: () => Promise<Result<T>>): Promise<Result<T>> =>
  flat(await tryIoAsync(what, calls));

const flat = <T>(result: Result<Result<T>>): Result<T> => (result.ok ? result.value : result);

/** One line about a failed system call: the attempt, and the system's message. */
export const ioMessage = (what: string, error: unknown): string =>
  `${what}: ${error instanceof Error ? error.message : String(error)}`;

/** The system's code of an error, such as `ENOENT`; undefined for other errors. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Runs a call and returns undefined when the file does not exist. Every other error is thrown. */
export const ifThere = <T>(call: () => T): T | undefined => {
  try {
    return call();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};
