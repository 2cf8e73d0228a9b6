import { never } from '../../base/assert.js';
import { err, ok, type Result } from '../../base/result.js';
import { didYouMean } from '../../base/suggest.js';
import { RUN_ID_PATTERN } from '../../machine/workdir/run-history.js';
import type { Selection } from '../../plan/selection.js';
import { COMMAND_NAMES, isCommandName, type CommandName, type OptionName } from './command-table.js';
import { readWords, type GivenWords } from './option-values.js';

/** How much a run prints. */
export type Loudness = 'normal' | 'quiet' | 'verbose';

/** How results are shown. */
export type OutputOptions = { readonly json: boolean; readonly loudness: Loudness; readonly noColor: boolean };

/** Inputs as written on the command line; the pipeline defines their types. */
export type GivenInputs = Readonly<Record<string, string>>;

type Placed = { readonly workDir?: string };
type Shown = { readonly output: OutputOptions };

/** `savepoint run` */
export type RunArguments = { readonly command: 'run'; readonly pipeline?: string; readonly inputs: GivenInputs } & {
  readonly runId?: string;
  readonly maxParallel?: number;
} & Placed &
  Shown;

/** `savepoint resume` */
export type ResumeArguments = { readonly command: 'resume'; readonly id?: string; readonly pipeline?: string } & {
  readonly inputs: GivenInputs;
  readonly selection: Selection;
  readonly maxParallel?: number;
} & Placed &
  Shown;

/** `savepoint plan` */
export type PlanArguments = { readonly command: 'plan'; readonly pipeline?: string; readonly inputs: GivenInputs } & {
  readonly selection: Selection;
} & Placed &
  Shown;

/** `savepoint validate` */
export type ValidateArguments = { readonly command: 'validate'; readonly pipeline?: string } & Shown;

/** `savepoint status` */
export type StatusArguments = { readonly command: 'status'; readonly id?: string } & Placed & Shown;

/** `savepoint logs` */
export type LogsArguments = { readonly command: 'logs'; readonly step?: string; readonly runId?: string } & Placed &
  Shown;

/** A valid command line. */
export type Arguments =
  | RunArguments
  | ResumeArguments
  | PlanArguments
  | ValidateArguments
  | StatusArguments
  | LogsArguments
  | { readonly command: 'init' }
  | { readonly command: 'help'; readonly topic?: CommandName }
  | { readonly command: 'version' };

/** Reads a command line; the error says in one line what is wrong and what was expected. */
export const readArguments = (argv: readonly string[]): Result<Arguments> => {
  const words = readWords(argv);
  if (!words.ok) return words;
  const problem = contradiction(words.value) ?? badValue(words.value);
  return problem === undefined ? toArguments(words.value) : err(problem);
};

const toArguments = (words: GivenWords): Result<Arguments> => {
  const { command, positional } = words;
  const shown = { output: outputOf(words) };
  const pipeline = positional === undefined ? {} : { pipeline: positional };
  const placed = placeOf(words);
  switch (command) {
    case 'run':
      return ok({
        command,
        ...pipeline,
        ...givenOf(words),
        ...runIdOf(words),
        ...parallelOf(words),
        ...placed,
        ...shown,
      });
    case 'resume':
      return ok({
        command,
        ...resumedOf(words),
        ...givenOf(words),
        ...selectedOf(words),
        ...parallelOf(words),
        ...placed,
        ...shown,
      });
    case 'plan':
      return ok({ command, ...pipeline, ...givenOf(words), ...selectedOf(words), ...placed, ...shown });
    case 'validate':
      return ok({ command, ...pipeline, ...shown });
    case 'status':
      return ok({ command, ...(positional !== undefined && { id: positional }), ...placed, ...shown });
    case 'logs':
      return ok({
        command,
        ...(positional !== undefined && { step: positional }),
        ...runIdOf(words),
        ...placed,
        ...shown,
      });
    case 'help':
      return helpTopic(positional);
    case 'init':
    case 'version':
      return ok({ command });
    default:
      return never(command);
  }
};

const helpTopic = (word: string | undefined): Result<Arguments> => {
  if (word === undefined) return ok({ command: 'help' });
  if (isCommandName(word)) return ok({ command: 'help', topic: word });
  return err(
    `unknown command "${word}"${didYouMean(word, COMMAND_NAMES) || `; there are: ${COMMAND_NAMES.join(', ')}`}`,
  );
};

const EXCLUDING: readonly (readonly [OptionName, OptionName])[] = [
  ['quiet', 'verbose'],
  ['only', 'from'],
  ['only', 'rerun'],
];

const contradiction = ({ options }: GivenWords): string | undefined => {
  const pair = EXCLUDING.find(([one, other]) => options.has(one) && options.has(other));
  return pair === undefined ? undefined : `--${pair[0]} and --${pair[1]} exclude each other`;
};

const badValue = (words: GivenWords): string | undefined => {
  const parallel = valueOf(words, 'max-parallel');
  if (parallel !== undefined && !/^[1-9]\d{0,5}$/.test(parallel)) {
    return `--max-parallel is a whole number from 1, not "${parallel}"`;
  }
  const runId = valueOf(words, 'run-id');
  if (runId !== undefined && !RUN_ID_PATTERN.test(runId)) {
    return `--run-id is up to 100 letters, digits, ".", "_" and "-", not "${runId}"`;
  }
  if (words.options.has('rerun') && rerunOf(words).length === 0) return '--rerun needs the paths of steps: --rerun=a,b';
  return badInput(valuesOf(words, 'input'));
};

const badInput = (pairs: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  for (const pair of pairs) {
    const name = pair.slice(0, Math.max(0, pair.indexOf('=')));
    if (name === '') return `--input is name=value, not "${pair}"`;
    if (seen.has(name)) return `--input ${name} is given twice`;
    seen.add(name);
  }
  return undefined;
};

const givenOf = (words: GivenWords): { readonly inputs: GivenInputs } => ({
  inputs: Object.fromEntries(
    valuesOf(words, 'input').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  ),
});

const selectedOf = (words: GivenWords): { readonly selection: Selection } => {
  const from = valueOf(words, 'from');
  const only = valueOf(words, 'only');
  return {
    selection: {
      rerun: rerunOf(words),
      ...(from !== undefined && { from }),
      ...(only !== undefined && { only }),
      acceptChanges: words.options.has('accept-changes'),
    },
  };
};

const rerunOf = (words: GivenWords): readonly string[] =>
  valuesOf(words, 'rerun')
    .flatMap((list) => list.split(',').map((path) => path.trim()))
    .filter((path) => path !== '');

const outputOf = ({ options }: GivenWords): OutputOptions => ({
  json: options.has('json'),
  loudness: options.has('quiet') ? 'quiet' : options.has('verbose') ? 'verbose' : 'normal',
  noColor: options.has('no-color'),
});

const resumedOf = (words: GivenWords): { readonly id?: string; readonly pipeline?: string } => {
  const pipeline = valueOf(words, 'pipeline');
  return {
    ...(words.positional !== undefined && { id: words.positional }),
    ...(pipeline !== undefined && { pipeline }),
  };
};

const placeOf = (words: GivenWords): Placed => {
  const workDir = valueOf(words, 'work-dir');
  return workDir === undefined ? {} : { workDir };
};

const runIdOf = (words: GivenWords): { readonly runId?: string } => {
  const runId = valueOf(words, 'run-id');
  return runId === undefined ? {} : { runId };
};

const parallelOf = (words: GivenWords): { readonly maxParallel?: number } => {
  const value = valueOf(words, 'max-parallel');
  return value === undefined ? {} : { maxParallel: Number(value) };
};

const valuesOf = ({ options }: GivenWords, name: OptionName): readonly string[] => options.get(name) ?? [];

const valueOf = (words: GivenWords, name: OptionName): string | undefined => valuesOf(words, name)[0];
