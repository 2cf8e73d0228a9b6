/** The commands of the command line, in the order `--help` lists them. */
export const COMMAND_NAMES = [
  'run',
  'resume',
  'plan',
  'validate',
  'status',
  'logs',
  'init',
  'help',
  'version',
] as const;

/** One of the commands. */
export type CommandName = (typeof COMMAND_NAMES)[number];

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof OPTIONS;

/** An option's syntax and help. Without `value` it is a switch. */
export type OptionSpec = {
  /** The placeholder for its value in help. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  readonly help: string;
};

/** A command's syntax and help. */
export type CommandSpec = {
  /** The placeholder for its optional argument in help. */
  readonly positional?: string;
  readonly summary: string;
  /** In addition to `--help`, which every command has. */
  readonly options: readonly OptionName[];
};

/** The options, in the order help lists them. */
export const OPTIONS = {
  input: { value: 'name=value', many: true, help: 'a value for an input of the pipeline' },
  pipeline: { value: 'file', help: 'the pipeline file (default: the one the run was started from)' },
  'work-dir': { value: 'folder', help: 'the folder for state and logs (default: work_dir of the pipeline, .work)' },
  'run-id': { value: 'id', help: 'the id of the run' },
  rerun: { value: 'steps', many: true, help: 'also run these steps again, and what depends on them (a,b)' },
  from: { value: 'step', help: 'run this step again, and everything after it' },
  only: { value: 'step', help: 'run only this step, with the files as they are now' },
  'accept-changes': { help: 'keep finished steps even if their definition changed' },
  'max-parallel': { value: 'count', help: 'how many steps may run at the same time' },
  json: { help: 'print JSON on stdout, everything else on stderr' },
  quiet: { help: 'print failures and how the run ended, nothing else' },
  verbose: { help: 'print every reason, and debug messages' },
  'no-color': { help: 'no colours (also: NO_COLOR in the environment)' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

const SELECTION = ['rerun', 'from', 'only', 'accept-changes'] as const;

/** The syntax of every command; both parsing and help use it. */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  run: {
    positional: 'pipeline',
    summary: 'run a pipeline from the beginning',
    options: ['input', 'work-dir', 'run-id', 'max-parallel', 'json', 'quiet', 'verbose', 'no-color'],
  },
  resume: {
    positional: 'id',
    summary: 'continue a run after its finished steps',
    options: ['input', 'pipeline', 'work-dir', ...SELECTION, 'max-parallel', 'json', 'quiet', 'verbose', 'no-color'],
  },
  plan: {
    positional: 'pipeline',
    summary: 'show what resume (or run) would do with each step, and why',
    options: ['input', 'work-dir', ...SELECTION, 'json', 'no-color'],
  },
  validate: { positional: 'pipeline', summary: 'check a pipeline file', options: ['json', 'no-color'] },
  status: {
    positional: 'id',
    summary: 'show the state of a run, step by step',
    options: ['work-dir', 'json', 'no-color'],
  },
  logs: { positional: 'step', summary: 'print the output of steps', options: ['work-dir', 'run-id', 'no-color'] },
  init: { summary: 'write a savepoint.yml to start from', options: [] },
  help: { positional: 'command', summary: 'explain a command', options: [] },
  version: { summary: 'print the version', options: [] },
};

/** The syntax and help of an option. */
export const optionSpec = (name: OptionName): OptionSpec => OPTIONS[name];

/** Whether a word names a command. */
export const isCommandName = (word: string): word is CommandName => Object.hasOwn(COMMANDS, word);

/** Whether a word names an option, without its dashes. */
export const isOptionName = (word: string): word is OptionName => Object.hasOwn(OPTIONS, word);
