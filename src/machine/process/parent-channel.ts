import { err, ok, type Result } from '../../base/result.js';

/** The channel to the program that started this one. Messages arrive in order. */
export type ParentChannel = { readonly send: (message: unknown) => void };

/**
 * Opens the channel that `openChild` made. When the parent closes it or dies, this process ends at once with all its
 * children. An error when this process was started without a channel.
 */
export const openParentChannel = (onMessage: (message: unknown) => void): Result<ParentChannel> => {
  const send = process.send?.bind(process);
  if (send === undefined) return err('this program is started by Savepoint itself');
  process.on('message', onMessage);
  process.on('disconnect', endWithChildren);
  return ok({ send: (message) => void send(message, undefined, undefined, () => undefined) });
};

/** This process leads its own process group; where it does not, only the process itself ends. */
const endWithChildren = (): void => {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit();
  }
};
