import { err, ok, type Result } from '../../base/result.js';

/** Runs calls to the system; a failed one becomes an error that begins with `what`. Bugs of ours still throw. */
export const tryIo = <T>(what: string, calls: () => T): Result<T> => {
  try {
    return ok(calls());
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return err(ioMessage(what, error));
  }
};

/** The same for calls that may have an error of their own to report. */
export const tryIoResult = <T>(what: string, calls: () => Result<T>): Result<T> => flat(tryIo(what, calls));

/** The same for calls that are waited for. */
export const tryIoAsync = async <T>(what: string, calls: () => Promise<T>): Promise<Result<T>> => {
  try {
    return ok(await calls());
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return err(ioMessage(what, error));
  }
};

/** The same for calls that are waited for and may have an error of their own to report. */
export const tryIoResultAsync = async <T>(what: string, calls: () => Promise<Result<T>>): Promise<Result<T>> =>
  flat(await tryIoAsync(what, calls));

const flat = <T>(result: Result<Result<T>>): Result<T> => (result.ok ? result.value : result);

/** One line on a failed call to the system: what was tried, and what the system said. */
export const ioMessage = (what: string, error: unknown): string =>
  `${what}: ${error instanceof Error ? error.message : String(error)}`;

/** The system's name for an error, such as `ENOENT`; undefined when it is none of the system's. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Runs a call that may find nothing there: then undefined. Every other trouble still throws. */
export const ifThere = <T>(call: () => T): T | undefined => {
  try {
    return call();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};
