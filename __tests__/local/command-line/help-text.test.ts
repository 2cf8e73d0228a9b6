import { expect, test } from 'vitest';
import { COMMAND_NAMES, COMMANDS } from '../../../src/local/command-line/command-table.js';
import { helpText } from '../../../src/local/command-line/help-text.js';

test('the overview names every command with what it does', () => {
  const text = helpText(undefined);
  for (const name of COMMAND_NAMES) expect(text).toContain(COMMANDS[name].summary);
});

test.each(COMMAND_NAMES)('the help of %s has each of its options and fits 120 columns', (name) => {
  const text = helpText(name);
  for (const option of COMMANDS[name].options) expect(text).toContain(`--${option}`);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('the help of a command is the whole truth about it', () => {
  expect(helpText('logs')).toBe(
    [
      'Usage: savepoint logs [step] [options]',
      '',
      'Print the output of steps.',
      'A step is named by its path, such as build or build/compile. Without one: all steps that wrote something.',
      '',
      '  --work-dir <folder>  the folder for state and logs (default: work_dir of the pipeline, .work)',
      '  --run-id <id>        the id of the run',
      '  --no-color           no colours (also: NO_COLOR in the environment)',
      '',
    ].join('\n'),
  );
});
