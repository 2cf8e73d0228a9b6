import { expect, test } from 'vitest';
import { initCommand } from '../../../src/local/commands/init.js';
import { validateCommand } from '../../../src/local/commands/validate.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const output = { json: false, loudness: 'normal', noColor: false } as const;

test('it writes a pipeline that is right', async () => {
  using folder = newTempFolder();
  const terminal = newMemoryTerminal(folder.path);
  expect(initCommand(terminal)).toBe(0);
  expect(await validateCommand({ command: 'validate', output }, terminal)).toBe(0);
  expect(terminal.out.text()).toBe(
    'savepoint.yml is written; next: savepoint run\n✓ savepoint.yml is valid: my-pipeline, 3 steps\n',
  );
});

test.each(['savepoint.yml', '.github/pipeline.yml'])('it leaves %s alone', (file) => {
  using folder = newTempFolder();
  folder.write(file, 'mine');
  const terminal = newMemoryTerminal(folder.path);
  expect(initCommand(terminal)).toBe(2);
  expect(folder.read(file)).toBe('mine');
  expect(terminal.err.text()).toBe(`savepoint: there is a pipeline already: ${file}\n`);
});

test('a folder that takes no files is an error', () => {
  const terminal = newMemoryTerminal('/dev/null');
  expect(initCommand(terminal)).toBe(2);
  expect(terminal.err.text()).toContain('cannot write /dev/null/savepoint.yml');
});
