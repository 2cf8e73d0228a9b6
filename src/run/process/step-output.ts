import type { Masker, MaskStream } from '../../base/mask.js';
import { createOutputTail, type OutputTail } from './output-tail.js';
import type { Annotation, LogFile, Stream } from '../context/ports.js';
import {
  createCommandScanner,
  type CommandHandlers,
  type CommandScanner,
  type CommandSwitch,
} from './workflow-commands.js';

/** Where the output of one attempt goes. `display` and `log` must not use a chunk after they return. */
export type StepOutputOptions = {
  readonly masker: Masker;
  /** Gets everything except workflow commands. */
  readonly display: (chunk: Buffer) => void;
  /** Gets everything, workflow commands included, except `::add-mask::` lines. */
  readonly log: LogFile;
  readonly annotation: (annotation: Annotation) => void;
  /** Keep the last 64 KiB of `stdout` and `stderr`, which must then arrive separately. */
  readonly capture: boolean;
  /** Gets the same bytes as the log. */
  readonly tail?: OutputTail;
  /** Gets `stdout` without workflow commands, unmasked; the chunk is only valid during the call. */
  readonly stdout?: (chunk: Buffer) => void;
};

/** Takes the output of one attempt. Everything it passes on or keeps is masked, except for the `stdout` option. */
export type StepOutput = {
  /** As in `Processes.start`: the chunk is only valid during the call. */
  readonly onOutput: (stream: Stream, chunk: Buffer) => void;
  /** Passes on the bytes held back and returns the captured text. Called once. */
  readonly end: () => KeptOutput;
};

/** The captured output of an attempt: the end of what the log has, as text. */
export type KeptOutput = {
  /** Empty unless captured. */
  readonly stdout: string;
  /** Empty unless captured. */
  readonly stderr: string;
};

const CAPTURE_BYTES = 64 * 1024;

/** Wires an attempt's output: each stream goes through its command scanner, is masked, then displayed and kept. */
export const createStepOutput = (options: StepOutputOptions): StepOutput => {
  const commands: CommandSwitch = { stoppedBy: undefined };
  const lines = new Map<Stream, StreamLine>();

  const lineOf = (stream: Stream): StreamLine => {
    const existing = lines.get(stream);
    if (existing !== undefined) return existing;
    const line = createStreamLine(options, commands, stream);
    lines.set(stream, line);
    return line;
  };
  const end = (): KeptOutput => {
    for (const line of lines.values()) line.end();
    const captured = (stream: Stream): string => lines.get(stream)?.captured?.text() ?? '';
    return { stdout: captured('stdout'), stderr: captured('stderr') };
  };

  return {
    onOutput: (stream, chunk) => {
      lineOf(stream).push(chunk);
    },
    end,
  };
};

/** The path of one stream from the process to its destinations. */
type StreamLine = CommandScanner & { readonly captured: OutputTail | undefined };

const createStreamLine = (options: StepOutputOptions, commands: CommandSwitch, stream: Stream): StreamLine => {
  const { masker, display, log, annotation, capture, tail } = options;
  const plain = stream === 'stdout' ? options.stdout : undefined;
  const captured = capture ? createOutputTail(CAPTURE_BYTES) : undefined;
  const masked = masker.stream();

  const keep = (chunk: Buffer): void => {
    log.write(chunk);
    tail?.push(chunk);
    captured?.push(chunk);
  };
  const show = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    display(chunk);
    keep(chunk);
  };
  const handlers: CommandHandlers = {
    text: (bytes) => {
      plain?.(bytes);
      show(masked.push(bytes));
    },
    mask: masker.add,
    annotation: (found, line) => {
      keep(maskWhole(masker.stream(), line));
      annotation(maskAnnotation(found, masker));
    },
  };
  const scanner = createCommandScanner(handlers, commands);
  const end = (): void => {
    scanner.end();
    show(masked.end());
  };

  return { push: scanner.push, end, captured };
};

const maskWhole = (stream: MaskStream, bytes: Buffer): Buffer => Buffer.concat([stream.push(bytes), stream.end()]);

const maskAnnotation = ({ kind, message, properties }: Annotation, masker: Masker): Annotation => ({
  kind,
  message: masker.text(message),
  properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, masker.text(value)])),
});
