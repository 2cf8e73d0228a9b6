import type { Paint } from '../../report/text/paint.js';
import type { Write } from '../../machine/files/descriptor.js';
import { createCommandGuard } from '../runner/command-guard.js';
import { renderCommand, type CommandProperties } from '../runner/command-text.js';

/** Where a job's log is written, and how texts are made for it. */
export type LogOutlet = { readonly write: Write; readonly paint: Paint };

/** The log of our step: texts and output that command nothing, and commands of our own, each on a line of its own. */
export type JobLog = {
  /** A text of ours, which may hold what a step said. */
  readonly line: (text: string) => void;
  /** Output of a step as it is; it may end in the middle of a line. */
  readonly raw: (chunk: Buffer) => void;
  /** What the runner shall do. */
  readonly command: (name: string, message: string, properties?: CommandProperties) => void;
  /** A new step prints from here on. */
  readonly nextStep: () => void;
};

const LINE_FEED = 10;

/** A log on an outlet; nobody may guess `stopToken`, which keeps output from commanding our step. */
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
