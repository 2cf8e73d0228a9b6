import { describe, expect, test } from 'vitest';
import { helpCommand } from '../../../src/local/commands/help.js';
import { helpText } from '../../../src/local/command-line/help-text.js';
import { newMemoryTerminal } from '../memory-terminal.js';
import { initCommand } from '../../../src/local/commands/init.js';
import { validateCommand } from '../../../src/local/commands/validate.js';
import { newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { STARTER_PIPELINE } from '../../../src/local/commands/starter-pipeline.js';
import { versionCommand } from '../../../src/local/commands/version.js';
import { VERSION } from '../../../src/local/terminal/version.js';

describe('help', () => {
  test('help is printed on stdout', () => {
    const terminal = newMemoryTerminal('/');
    expect(helpCommand('resume', terminal)).toBe(0);
    expect(terminal.out.text()).toBe(helpText('resume'));
  });
});

describe('init', () => {
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
});

describe('starter pipeline', () => {
  test('the starter is a pipeline without mistakes', async () => {
    const source = { file: 'savepoint.yml', bytes: Buffer.from(STARTER_PIPELINE) };
    const pipeline = valueOf(await readPipeline(source));
    expect(pipeline.steps.map(({ id }) => id)).toEqual(['collect', 'count', 'report']);
  });

  test('it stays readable without scrolling sideways', () => {
    expect(Math.max(...STARTER_PIPELINE.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

describe('version', () => {
  test('the version is printed and nothing else', () => {
    const terminal = newMemoryTerminal('/');
    expect(versionCommand(terminal)).toBe(0);
    expect(terminal.out.text()).toBe(`${VERSION}\n`);
  });
});
