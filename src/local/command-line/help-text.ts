import { COMMAND_NAMES, COMMANDS, optionSpec, type CommandName, type OptionName } from './command-table.js';
import { usageOf } from './option-values.js';

/** The output of `savepoint --help`, or of `savepoint help <topic>`. */
export const helpText = (topic: CommandName | undefined): string =>
  `${(topic === undefined ? overview() : commandHelp(topic)).join('\n')}\n`;

const overview = (): readonly string[] => [
  'Savepoint runs a pipeline and, when it fails or is killed, continues after the steps that finished.',
  '',
  'Usage: savepoint <command> [options]',
  '',
  ...aligned(COMMAND_NAMES.map((name) => [invocation(name), COMMANDS[name].summary])),
  '',
  'savepoint help <command> explains the options of a command.',
];

const invocation = (name: CommandName): string => {
  const { positional } = COMMANDS[name];
  return positional === undefined ? name : `${name} [${positional}]`;
};

const commandHelp = (topic: CommandName): readonly string[] => {
  const { summary, options } = COMMANDS[topic];
  return [
    `Usage: ${usageOf(topic)}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...(POSITIONALS[COMMANDS[topic].positional ?? ''] ?? []),
    ...(options.length > 0 ? ['', ...aligned(options.map((name) => [optionUsage(name), optionSpec(name).help]))] : []),
  ];
};

const POSITIONALS: Readonly<Record<string, readonly string[]>> = {
  pipeline: [
    'Without a pipeline: savepoint.yml, .github/savepoint.yml, pipeline.yml or .github/pipeline.yml, the first that exists.',
  ],
  id: ['Without an id: the latest run.'],
  step: ['A step is named by its path, such as build or build/compile. Without one: all steps that wrote something.'],
};

const optionUsage = (name: OptionName): string => {
  const { value } = optionSpec(name);
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
};

const aligned = (rows: readonly (readonly [string, string])[]): readonly string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};
