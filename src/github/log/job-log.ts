import type { Paint } from '../../report/text/paint.js';
import type { Write } from '../../machine/files/descriptor.js';
import { createCommandGuard } from '../runner/command-guard.js';
import { renderCommand, type CommandProperties } from '../runner/command-text.js';

/** The output of a job's log and its colours. */
export type LogOutlet = { readonly write: Write; readonly paint: Paint };

/** The log of the action: text and step output that cannot act as workflow commands, and Savepoint's own commands. */
export type JobLog = {
  /** Writes a line of Savepoint, which may quote output of a step. */
  readonly line: (text: string) => void;
  /** Writes output of a step unchanged; it may end in the middle of a line. */
  readonly raw: (chunk: Buffer) => void;
  /** Writes a workflow command for the runner. */
  readonly command: (name: string, message: string, properties?: CommandProperties) => void;
  /** Marks that a new step prints from here on. */
  readonly nextStep: () => void;
};

const LINE_FEED = 10;

/** Creates a log; `stopToken` must be a secret, because it keeps step output from acting as workflow commands. */
export const createJobLog = ({ write, paint }: LogOutlet, stopToken: string): JobLog => {
  const guard = createCommandGuard(stopToken);
  let isInLine = false;

  const pass = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    write(bytes);
    isInLine = bytes.at(-1) !== LINE_FEED;
  };
  const endLine = (): void => {
    pass(guard.flush());
    if (isInLine) write(`${paint.reset}\n`);
    isInLine = false;
  };
  const line = (text: string): void => {
    endLine();
    const own = createCommandGuard(stopToken);
    write(Buffer.concat([own.take(Buffer.from(`${text}\n`)), own.flush()]));
  };
  const raw = (chunk: Buffer): void => {
    pass(guard.take(chunk));
  };
  const command = (name: string, message: string, properties: CommandProperties = {}): void => {
    endLine();
    write(renderCommand(name, message, properties));
  };
  return { line, raw, command, nextStep: guard.restart };
};
