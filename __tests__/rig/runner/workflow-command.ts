/** A workflow command as the runner understands it. */
export type WorkflowCommand = {
  /** In lower case. */
  readonly name: string;
  /** By name in lower case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
};

/**
 * The command in a line of output, by the rules of `ActionCommand` in actions/runner: `::name a=b,c=d::data` at its start after blanks,
 * or else `##[name a=b;c=d]data` anywhere in it. Undefined for other text, and for commands with an unknown name.
 */
export const parseWorkflowCommand = (line: string, isKnown: (name: string) => boolean): WorkflowCommand | undefined => {
  const command = parseColons(line.trimStart()) ?? undefined;
  if (command !== undefined && isKnown(command.name)) return command;
  const older = parseBrackets(line);
  return older !== undefined && isKnown(older.name) ? older : undefined;
};

const parseColons = (line: string): WorkflowCommand | undefined => {
  const end = line.startsWith('::') ? line.indexOf('::', 2) : -1;
  if (end === -1) return undefined;
  return { ...parseHead(line.slice(2, end), ','), data: unescapeWith(DATA_ESCAPES, line.slice(end + 2)) };
};

const parseBrackets = (line: string): WorkflowCommand | undefined => {
  const start = line.indexOf('##[');
  const end = start === -1 ? -1 : line.indexOf(']', start);
  if (end === -1) return undefined;
  return { ...parseHead(line.slice(start + 3, end), ';'), data: unescapeWith(BRACKET_ESCAPES, line.slice(end + 1)) };
};

const parseHead = (head: string, separator: ',' | ';'): Omit<WorkflowCommand, 'data'> => {
  const blank = head.indexOf(' ');
  const name = (blank === -1 ? head : head.slice(0, blank)).toLowerCase();
  const escapes = separator === ',' ? PROPERTY_ESCAPES : BRACKET_ESCAPES;
  const pairs = (blank <= 0 ? '' : head.slice(blank + 1))
    .split(separator)
    .map((part) => /^\s*=*([^=]+)=(.+)$/s.exec(part))
    .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]));
  const properties = pairs.map(([key, value]) => [key.toLowerCase(), unescapeWith(escapes, value)]);
  return { name, properties: Object.fromEntries(properties) as Record<string, string> };
};

type Escapes = readonly (readonly [code: string, character: string])[];

const PERCENT = ['%25', '%'] as const;
const DATA_ESCAPES: Escapes = [['%0D', '\r'], ['%0A', '\n'], PERCENT];
const PROPERTY_ESCAPES: Escapes = [['%0D', '\r'], ['%0A', '\n'], ['%3A', ':'], ['%2C', ','], PERCENT];
const BRACKET_ESCAPES: Escapes = [['%3B', ';'], ['%0D', '\r'], ['%0A', '\n'], ['%5D', ']'], PERCENT];

const unescapeWith = (escapes: Escapes, text: string): string =>
  escapes.reduce((unescaped, [code, character]) => unescaped.replaceAll(code, character), text);
