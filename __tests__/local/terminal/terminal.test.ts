import { expect, test } from 'vitest';
import { openTerminal } from '../../../src/local/terminal/terminal.js';
import { PLAIN } from '../../../src/report/text/paint.js';
import { startSource } from '../../machine/source-child.js';
import { newTempFolder } from '../../machine/temp-folder.js';

test('the terminal of this process knows where it was started', () => {
  const { surroundings } = openTerminal(false);
  expect(surroundings.folder).toBe(process.cwd());
  expect(surroundings.env['PATH']).toBe(process.env['PATH']);
  expect(surroundings.platform).toBe(process.platform);
});

test('--no-color takes all colours away', () => {
  const { out, err } = openTerminal(true);
  expect([out.paint, err.paint]).toEqual([PLAIN, PLAIN]);
});

test('an outlet that is not a terminal has no width', () => {
  // The tests run in a child process without a terminal.
  expect(openTerminal(true).out.columns).toBeUndefined();
});

test('a current folder that was removed keeps its name', async () => {
  using folder = newTempFolder();
  const child = startSource(`
    import { rmdirSync } from 'node:fs';
    import { openTerminal } from 'src/local/terminal/terminal.js';
    process.env.PWD = '${folder.path}';
    process.chdir('${folder.path}');
    rmdirSync('${folder.path}');
    console.log(openTerminal(true).surroundings.folder);
  `);
  expect(await child.output).toBe(`${folder.path}\n`);
});
