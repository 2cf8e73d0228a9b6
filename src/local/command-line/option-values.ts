import { parseArgs } from 'node:util';

import { err, ok, type Result } from '../../base/result.js';
import { didYouMean } from '../../base/suggest.js';
import {
  COMMAND_NAMES,
  COMMANDS,
  OPTIONS,
  isCommandName,
  isOptionName,
  optionSpec,
  type CommandName,
  type OptionName,
} from './command-table.js';

/** A parsed command line: the command, the word after it, and each option's values (none for a switch). */
export type GivenWords = {
  readonly command: CommandName;
  readonly positional: string | undefined;
  readonly options: ReadonlyMap<OptionName, readonly string[]>;
};

/** Parses a command line by the table of commands; the error says what is wrong. */
export const readWords = (argv: readonly string[]): Result<GivenWords> => {
  const { positionals, options } = tokensOf(argv);
  const help = options.some(({ name }) => name === 'help' || name === 'h');
  const [word] = positionals;
  if (word === undefined) return withoutCommand(options, help);
  if (!isCommandName(word)) return err(unknownCommand(word));
  if (help) return ok({ command: 'help', positional: word, options: new Map() });
  const spec = COMMANDS[word];
  const [, positional, extra] = positionals;
  if (extra !== undefined || (positional !== undefined && spec.positional === undefined)) {
    return err(`"${extra ?? positional ?? ''}" is one word too many: ${usageOf(word)}`);
  }
  const read = readOptions(word, options);
  return read.ok ? ok({ command: word, positional, options: read.value }) : read;
};

/** The usage line of a command, the first line of its help. */
export const usageOf = (command: CommandName): string => {
  const { positional, options } = COMMANDS[command];
  return `savepoint ${command}${positional === undefined ? '' : ` [${positional}]`}${options.length > 0 ? ' [options]' : ''}`;
};

type OptionToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inline: boolean;
};
type Tokens = { readonly positionals: readonly string[]; readonly options: readonly OptionToken[] };

const tokensOf = (argv: readonly string[]): Tokens => {
  const config = Object.fromEntries(
    Object.keys(OPTIONS).map((name) => [name, { type: isValued(name) ? ('string' as const) : ('boolean' as const) }]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return {
    positionals: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    options: tokens.flatMap((token) =>
      token.kind === 'option'
        ? [{ name: token.name, rawName: token.rawName, value: token.value, inline: token.inlineValue === true }]
        : [],
    ),
  };
};

const isValued = (name: string): boolean => isOptionName(name) && optionSpec(name).value !== undefined;

const withoutCommand = (options: readonly OptionToken[], help: boolean): Result<GivenWords> => {
  const bare = (command: CommandName): Result<GivenWords> => ok({ command, positional: undefined, options: new Map() });
  if (help) return bare('help');
  const [first] = options;
  if (first === undefined) {
    return err(`no command given; there are: ${COMMAND_NAMES.join(', ')} (see savepoint --help)`);
  }
  if (first.name === 'version') return bare('version');
  return err(`${first.rawName} needs a command before it: savepoint run ${first.rawName}`);
};

const unknownCommand = (word: string): string =>
  /\.ya?ml$/.test(word)
    ? `unknown command "${word}"; to run that file: savepoint run ${word}`
    : `unknown command "${word}"${didYouMean(word, COMMAND_NAMES) || `; there are: ${COMMAND_NAMES.join(', ')}`}`;

const readOptions = (
  command: CommandName,
  tokens: readonly OptionToken[],
): Result<ReadonlyMap<OptionName, readonly string[]>> => {
  const options = new Map<OptionName, string[]>();
  for (const token of tokens) {
    const read = readOption(command, token);
    if (!read.ok) return read;
    const { name, values } = read.value;
    const before = options.get(name);
    if (before !== undefined && optionSpec(name).many !== true) return err(`--${name} is given twice`);
    options.set(name, [...(before ?? []), ...values]);
  }
  return ok(options);
};

type ReadOption = { readonly name: OptionName; readonly values: readonly string[] };

const readOption = (command: CommandName, { name, rawName, value, inline }: OptionToken): Result<ReadOption> => {
  if (!isOptionName(name) || !rawName.startsWith('--')) return err(unknownOption(rawName, command));
  if (!COMMANDS[command].options.includes(name)) return err(misplacedOption(name, command));
  const wanted = optionSpec(name).value;
  if (wanted === undefined) return inline ? err(`--${name} takes no value`) : ok({ name, values: [] });
  if (value === undefined || value === '' || (!inline && value.startsWith('-'))) {
    return err(`--${name} needs a value: --${name}=<${wanted}>`);
  }
  return ok({ name, values: [value] });
};

const unknownOption = (rawName: string, command: CommandName): string => {
  const candidates = [...COMMANDS[command].options.map((name) => `--${name}`), '--help'];
  return `unknown option "${rawName}"${didYouMean(rawName, candidates) || `; see savepoint help ${command}`}`;
};

const misplacedOption = (name: OptionName, command: CommandName): string => {
  const places = COMMAND_NAMES.filter((candidate) => COMMANDS[candidate].options.includes(name));
  return `--${name} belongs to ${listed(places)}, not to ${command}`;
};

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
