import type { Annotation } from '../context/ports.js';

/** Receive output in the order it was written. Bytes are only valid during the call. */
export type CommandHandlers = {
  /** Output that is not a command. */
  readonly text: (bytes: Buffer) => void;
  /** `::add-mask::`: a secret from here on. The line itself is dropped. */
  readonly mask: (secret: string) => void;
  /** A command to show, and its line including the line end. */
  readonly annotation: (annotation: Annotation, line: Buffer) => void;
};

/** Finds workflow commands in one stream of output, even across chunks. */
export type CommandScanner = {
  /** Passes on everything except the beginning of a line that may become a command. */
  readonly push: (chunk: Buffer) => void;
  /** Passes on the bytes held back. */
  readonly end: () => void;
};

/** Whether commands are obeyed; shared by the streams of one attempt, as `::stop-commands::` applies to all. */
export type CommandSwitch = {
  /** The token, written as `::token::`, that turns commands back on; undefined while they are obeyed. */
  stoppedBy: string | undefined;
};

type WorkflowCommand = {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
};

const MARK = Buffer.from('::');
const NOTHING = Buffer.alloc(0);
/** Longer lines are text. GitHub's largest secret, 48 KiB, fits even with every byte escaped. */
const MAX_COMMAND_BYTES = 256 * 1024;

/**
 * Scans by the rules of GitHub's runner (`ActionCommand.TryParseV2`, `OutputManager`): a command is a line that begins
 * with `::` after blanks; a line ends at LF, CR LF or CR. Handles the commands to show, `add-mask` and `stop-commands`.
 * All others (`set-output`, `set-env`, `save-state`, `add-path`, matchers, `echo`), deprecated or unused, are text.
 */
export const createCommandScanner = (handlers: CommandHandlers, commands: CommandSwitch): CommandScanner => {
  let held = NOTHING;
  let atLineStart = true;

  const push = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (held.length > 0) atLineStart = true;
    const heldFrom = scan(data, false);
    held = heldFrom === data.length ? NOTHING : Buffer.from(data.subarray(heldFrom));
    atLineStart = isLineEnd(data.at(-1));
  };
  const end = (): void => {
    const data = held;
    held = NOTHING;
    atLineStart = true;
    if (data.length > 0) scan(data, true);
  };

  /** Passes on all decided bytes and returns the position of the first undecided one. */
  const scan = (data: Buffer, isLast: boolean): number => {
    let passedTo = 0;
    let mark = data.indexOf(MARK);
    while (mark !== -1) {
      const lineStart = startOfBlankLine(data, mark, atLineStart);
      const lineEnd = lineStart === -1 ? mark + MARK.length : endOfLine(data, mark, isLast);
      if (lineEnd === -1) {
        const open = data.subarray(lineStart);
        return passText(data, passedTo, mayBecomeCommand(open, commands) ? lineStart : data.length);
      }
      const act = lineStart === -1 ? undefined : actionFor(data.subarray(lineStart, lineEnd), handlers, commands);
      if (act !== undefined) {
        passText(data, passedTo, lineStart);
        act();
        passedTo = lineEnd;
      }
      mark = data.indexOf(MARK, lineEnd);
    }
    return passText(data, passedTo, isLast ? data.length : startOfOpenLine(data, atLineStart));
  };

  const passText = (data: Buffer, from: number, to: number): number => {
    if (from < to) handlers.text(from === 0 && to === data.length ? data : data.subarray(from, to));
    return to;
  };

  return { push, end };
};

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;

const isLineEnd = (byte: number | undefined): boolean => byte === LINE_FEED || byte === CARRIAGE_RETURN;

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c;

/** Start of the line if it has only blanks before `position`; otherwise -1. */
const startOfBlankLine = (data: Buffer, position: number, atLineStart: boolean): number => {
  let start = position;
  while (start > 0 && isBlank(data[start - 1])) start--;
  return (start === 0 ? atLineStart : isLineEnd(data[start - 1])) ? start : -1;
};

/** Position after the line end; -1 when the line may continue. */
const endOfLine = (data: Buffer, from: number, isLast: boolean): number => {
  let at = from;
  while (at < data.length && !isLineEnd(data[at])) at++;
  const mayGoOn = at === data.length || (data[at] === CARRIAGE_RETURN && at + 1 === data.length);
  if (mayGoOn) return isLast ? data.length : -1;
  return data[at] === CARRIAGE_RETURN && data[at + 1] === LINE_FEED ? at + 2 : at + 1;
};

/** Start of a last line without `::` that could still become a command; the data's length when there is none. */
const startOfOpenLine = (data: Buffer, atLineStart: boolean): number => {
  const start = startOfBlankLine(data, data.at(-1) === COLON ? data.length - 1 : data.length, atLineStart);
  return start === -1 || data.length - start > MAX_COMMAND_BYTES ? data.length : start;
};

/** How far into a line to search for a command's name. */
const NAME_BYTES = 1024;

/** Whether the beginning of a line, at least up to `::`, is short enough and may start a known command. */
const mayBecomeCommand = (open: Buffer, commands: CommandSwitch): boolean => {
  if (open.length > MAX_COMMAND_BYTES) return false;
  const [, begun = '', nameEnd] =
    /^\s*::(.*?)( |::|:?\r?$)/s.exec(open.toString('utf8', 0, NAME_BYTES).toLowerCase()) ?? [];
  const isWhole = nameEnd === ' ' || nameEnd === '::';
  const names = commands.stoppedBy === undefined ? COMMANDS : [commands.stoppedBy];
  return names.some((name) => (isWhole ? name === begun : name.startsWith(begun)));
};

/** The action for a command line; undefined when the line is text or needs none. */
const actionFor = (line: Buffer, handlers: CommandHandlers, commands: CommandSwitch): (() => void) | undefined => {
  const command = line.length > MAX_COMMAND_BYTES ? undefined : parseCommand(line.toString());
  if (command === undefined) return undefined;
  const { name, properties, data } = command;
  if (commands.stoppedBy !== undefined) {
    if (name === commands.stoppedBy) commands.stoppedBy = undefined;
    return undefined;
  }
  if (name === 'add-mask') {
    return () => {
      handlers.mask(data);
    };
  }
  if (name === 'stop-commands' && isStopToken(data)) commands.stoppedBy = data.toLowerCase();
  const kind = SHOWN_COMMANDS.find((shown) => shown === name);
  if (kind === undefined) return undefined;
  return () => {
    handlers.annotation({ kind, message: data, properties }, line);
  };
};

const SHOWN_COMMANDS = ['error', 'warning', 'notice', 'debug', 'group', 'endgroup'] as const;
const COMMANDS: readonly string[] = ['add-mask', 'stop-commands', ...SHOWN_COMMANDS];

/** The runner refuses tokens that are command names. */
const isStopToken = (token: string): boolean => token !== '' && !COMMANDS.includes(token.toLowerCase());

const parseCommand = (line: string): WorkflowCommand | undefined => {
  const match = /^\s*::(.*?)::(.*?)[\r\n]*$/s.exec(line);
  const [head, data] = [match?.[1], match?.[2]];
  if (head === undefined || data === undefined) return undefined;
  const nameEnd = head.indexOf(' ');
  return {
    name: (nameEnd === -1 ? head : head.slice(0, nameEnd)).toLowerCase(),
    properties: nameEnd === -1 ? {} : parseProperties(head.slice(nameEnd + 1)),
    data: unescapeData(data),
  };
};

const KNOWN_PROPERTIES = ['title', 'file', 'line', 'endLine', 'col', 'endColumn'];

/** Parses `a=1,b=2`. Names are case-insensitive; those that GitHub documents get its spelling. */
const parseProperties = (text: string): Readonly<Record<string, string>> => {
  const pairs = text
    .trim()
    .split(',')
    .map((part): [string, string] => {
      const equals = part.indexOf('=');
      const name = part.slice(0, Math.max(0, equals));
      const known = KNOWN_PROPERTIES.find((property) => property.toLowerCase() === name.toLowerCase());
      return [known ?? name, unescapeProperty(part.slice(equals + 1))];
    });
  return Object.fromEntries(pairs.filter(([name, value]) => name !== '' && value !== ''));
};

const unescapeData = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

const unescapeProperty = (text: string): string => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
