import { err, ok, type Result } from '../../base/result.js';

/** The way to the program that started this one. Messages arrive in the order they were sent. */
export type ParentChannel = { readonly send: (message: unknown) => void };

/**
 * Opens the channel that `openChild` made. When the other side closes it or dies, this process ends at once, with
 * everything it has started; an error when nobody made one.
 */
export const openParentChannel = (onMessage: (message: unknown) => void): Result<ParentChannel> => {
  const send = process.send?.bind(process);
  if (send === undefined) return err('this program is started by Savepoint itself');
  process.on('message', onMessage);
  process.on('disconnect', endWithChildren);
  return ok({ send: (message) => void send(message, undefined, undefined, () => undefined) });
};

/** We lead a process group of our own; where we do not, there is only ourselves to end. */
const endWithChildren = (): void => {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit();
  }
};
