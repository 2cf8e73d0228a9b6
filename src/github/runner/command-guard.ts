/** Passes step output to the runner, but disarms workflow commands that would act on Savepoint's own step. */
export type CommandGuard = {
  /** Returns what can be written now; only a line that may become such a command waits. Valid as long as the chunk. */
  readonly take: (chunk: Buffer) => Buffer;
  /** Returns what waits; the next output begins a new line. */
  readonly flush: () => Buffer;
  /** Forgets that the output stopped commands with `::stop-commands::`; for a new step. */
  readonly restart: () => void;
};

/**
 * Encloses in `::stop-commands::` the commands that the runner must not obey: those that set state, outputs or environment
 * of Savepoint's own step, `stop-commands` itself, which would silence Savepoint, and annotations in the old spelling,
 * `##[error]`. While a step has stopped commands, all of them are enclosed.
 * Follows the runner's rules (`ActionCommand.TryParseV2`, `TryParse`): `::name` after blanks, `##[name` anywhere in a line.
 */
export const createCommandGuard = (stopToken: string): CommandGuard => {
  const fence = { before: `::stop-commands::${stopToken}\n`, after: `\n::${stopToken}::\n` };
  let line = LINE_START;
  let held = NOTHING;
  let stoppedBy: string | undefined;

  const scan = (data: Buffer, isLast: boolean): Buffer => {
    const parts: Buffer[] = [];
    let doneTo = 0;
    let heldFrom = isLast ? data.length : startOfHalfMark(data, line);
    for (const mark of marksIn(data, line)) {
      if (mark.at < doneTo || !isToBeStopped(nameAt(data, mark.nameFrom, isLast), mark)) continue;
      const from = Math.max(doneTo, startOfLine(data, mark.at));
      const end = endOfLine(data, mark.nameFrom);
      if (end === data.length && !isLast && end - from <= LONGEST_HELD) {
        heldFrom = from;
        break;
      }
      parts.push(data.subarray(doneTo, from), enclose(data.subarray(from, end), from === 0 && line.isOpen));
      doneTo = afterLineEnd(data, end);
      heldFrom = Math.max(heldFrom, doneTo);
    }
    held = Buffer.from(data.subarray(heldFrom));
    const rest = data.subarray(doneTo, heldFrom);
    const safe = parts.length === 0 ? rest : Buffer.concat([...parts, rest]);
    line = lineAfter(line, safe);
    return safe;
  };
  const isToBeStopped = (name: Name, { isBracket }: Mark): boolean => {
    if (stoppedBy === undefined) return isOneOf(isBracket ? OURS_IN_BRACKETS : OURS, name);
    if (!name.isWhole || name.text !== stoppedBy) return true;
    stoppedBy = undefined;
    return false;
  };
  const enclose = (content: Buffer, breaksLine: boolean): Buffer => {
    stoppedBy ??= stopTokenIn(content.toString());
    return Buffer.concat([Buffer.from(`${breaksLine ? '\n' : ''}${fence.before}`), content, Buffer.from(fence.after)]);
  };

  return {
    take: (chunk) => scan(held.length === 0 ? chunk : Buffer.concat([held, chunk]), false),
    flush: () => {
      const rest = scan(held, true);
      line = LINE_START;
      return rest;
    },
    restart: () => {
      stoppedBy = undefined;
    },
  };
};

/** The state of an unfinished line. */
type LineSoFar = { readonly isOpen: boolean; readonly isBlank: boolean };

/** The possible start of a command, and of its name. */
type Mark = { readonly at: number; readonly nameFrom: number; readonly isBracket: boolean };

/** A command name in lower case; not whole if the data ends within it. */
type Name = { readonly text: string; readonly isWhole: boolean };

const NOTHING = Buffer.alloc(0);
const LINE_START: LineSoFar = { isOpen: false, isBlank: true };
const COLONS = '::';
const BRACKET = '##[';
const STOP = 'stop-commands';
const OURS: readonly string[] = ['save-state', 'set-output', 'set-env', 'add-path', STOP];
/** Annotations in the current spelling were removed before; these would use up the room for the verdict. */
const OURS_IN_BRACKETS: readonly string[] = [...OURS, 'error', 'warning', 'notice'];
/** Longer lines are broken, to bound the memory for waiting output. */
const LONGEST_HELD = 16 * 1024;
const LONGEST_NAME = 1024;

function* marksIn(data: Buffer, line: LineSoFar): Generator<Mark> {
  if (!data.includes(COLONS) && !data.includes(BRACKET)) return;
  // Latin-1 maps bytes one to one, and searching a string is faster when there are many marks.
  const text = data.toString('latin1');
  let colons = text.indexOf(COLONS);
  let bracket = text.indexOf(BRACKET);
  while (colons !== -1 || bracket !== -1) {
    if (bracket === -1 || (colons !== -1 && colons < bracket)) {
      if (beginsLine(data, colons, line)) yield { at: colons, nameFrom: colons + COLONS.length, isBracket: false };
      colons = text.indexOf(COLONS, colons + COLONS.length);
    } else {
      yield { at: bracket, nameFrom: bracket + BRACKET.length, isBracket: true };
      bracket = text.indexOf(BRACKET, bracket + 1);
    }
  }
}

const isLineEnd = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d;

/** Covers all white space that the runner trims; treating other non-ASCII bytes as blank is harmless. */
const isBlank = (byte: number | undefined): boolean => byte !== undefined && (byte <= 0x20 || byte >= 0x7f);

const beginsLine = (data: Buffer, position: number, line: LineSoFar): boolean => {
  let at = position - 1;
  while (at >= 0 && isBlank(data[at]) && !isLineEnd(data[at])) at--;
  return at < 0 ? line.isBlank : isLineEnd(data[at]);
};

const startOfLine = (data: Buffer, position: number): number => {
  let start = position;
  while (start > 0 && !isLineEnd(data[start - 1])) start--;
  return start;
};

const endOfLine = (data: Buffer, from: number): number => {
  let end = from;
  while (end < data.length && !isLineEnd(data[end])) end++;
  return end;
};

const afterLineEnd = (data: Buffer, end: number): number =>
  Math.min(data.length, end + (data[end] === 0x0d && data[end + 1] === 0x0a ? 2 : 1));

const nameAt = (data: Buffer, from: number, isLast: boolean): Name => {
  const limit = Math.min(data.length, from + LONGEST_NAME);
  let end = from;
  while (end < limit && !endsName(data[end])) end++;
  return {
    text: data.toString('utf8', from, end).toLowerCase(),
    isWhole: isLast || end < data.length,
  };
};

/** A blank, a colon, a bracket or the end of the line. */
const endsName = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x3a || byte === 0x5d || isLineEnd(byte);

const isOneOf = (names: readonly string[], { text, isWhole }: Name): boolean =>
  names.some((name) => (isWhole ? name === text : name.startsWith(text)));

/** The start of a possible mark at the end of the data; the data's length without one. */
const startOfHalfMark = (data: Buffer, line: LineSoFar): number => {
  const { length } = data;
  if (data[length - 1] === 0x23) return data[length - 2] === 0x23 ? length - 2 : length - 1;
  return data[length - 1] === 0x3a && beginsLine(data, length - 1, line) ? length - 1 : length;
};

const lineAfter = (line: LineSoFar, passed: Buffer): LineSoFar => {
  const start = Math.max(passed.lastIndexOf(0x0a), passed.lastIndexOf(0x0d)) + 1;
  const before = start === 0 ? line : LINE_START;
  let isBlankSoFar = before.isBlank;
  for (let at = start; isBlankSoFar && at < passed.length; at++) isBlankSoFar = isBlank(passed[at]);
  return { isOpen: before.isOpen || start < passed.length, isBlank: isBlankSoFar };
};

/** Tokens the runner refuses, because they are its own commands. */
const NO_TOKENS: ReadonlySet<string> = new Set([
  ...[...OURS, 'add-mask', 'add-matcher', 'remove-matcher', 'debug', 'error', 'warning', 'notice', 'group'],
  ...['endgroup', 'echo', 'pause-logging', ''],
]);

/** The token, in lower case, that resumes commands after this line; undefined if the line does not stop them. */
const stopTokenIn = (line: string): string | undefined => {
  const data =
    /^\s*::stop-commands(?: .*?)?::(.*)$/is.exec(line) ?? /##\[stop-commands(?: [^\]]*)?\](.*)$/is.exec(line);
  const token = data?.[1]?.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%').toLowerCase();
  return token === undefined || NO_TOKENS.has(token) ? undefined : token;
};
