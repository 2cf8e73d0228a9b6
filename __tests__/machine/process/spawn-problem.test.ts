import { chmodSync, mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainSpawnProblem } from '../../../src/machine/process/spawn-problem.js';
import { newTempFolder, type TempFolder } from '../temp-folder.js';

type Attempt = {
  readonly program: string;
  readonly path?: string;
  readonly cwd?: string;
  readonly code?: string;
};

/** Why a program did not start in the folder. */
const reasonFor = (temp: TempFolder, { program, path = '', cwd = temp.path, code }: Attempt): string => {
  const text = explainSpawnProblem({ argv: [program, 'x'], env: { PATH: path }, cwd, splitStreams: false }, code);
  const start = `cannot start "${program}": `;
  expect(text.startsWith(start)).toBe(true);
  return text.slice(start.length);
};

const writeProgram = (temp: TempFolder, name: string): void => chmodSync(temp.write(name), 0o755);

const THE_SYSTEM = 'the system refused (ENOENT)';

describe('the reason is the system’s word first', () => {
  test('when arguments and variables are too large', () => {
    using temp = newTempFolder();
    const reason = reasonFor(temp, { program: 'missing', code: 'E2BIG' });
    expect(reason).toContain('too large for the system; pass large values through a file');
  });

  test('when there is a NUL character', () => {
    using temp = newTempFolder();
    const reason = reasonFor(temp, { program: 'missing', code: 'ERR_INVALID_ARG_VALUE' });
    expect(reason).toContain('holds a NUL character; remove it');
  });
});

describe('the reason is the working directory', () => {
  test('when it does not exist, before anything about the program', () => {
    using temp = newTempFolder();
    const cwd = temp.at('gone');
    expect(reasonFor(temp, { program: 'missing', cwd, code: 'ENOENT' })).toBe(
      `its working directory "${cwd}" does not exist; create it in an earlier step`,
    );
  });

  test('when it is a file', () => {
    using temp = newTempFolder();
    const cwd = temp.write('file');
    expect(reasonFor(temp, { program: 'missing', cwd })).toBe(`its working directory "${cwd}" is not a directory`);
  });

  test.skipIf(process.getuid?.() === 0)('when it may not be entered', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('closed'), { mode: 0o600 });
    expect(reasonFor(temp, { program: 'missing', cwd: temp.at('closed') })).toContain('may not be entered');
  });
});

describe('the reason is the program', () => {
  test('when it is in no folder of PATH, also where a folder has its name', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('bin/tool'), { recursive: true });
    writeProgram(temp, 'elsewhere/tool');
    expect(reasonFor(temp, { program: 'tool', path: temp.at('bin'), code: 'ENOENT' })).toBe(
      'it is not on PATH; install it, or name its folder in PATH',
    );
  });

  test('when there is no such file, however it is named', () => {
    using temp = newTempFolder();
    for (const program of ['./gone', 'bin/gone', temp.at('gone')]) {
      expect(reasonFor(temp, { program, code: 'ENOENT' })).toBe(`there is no such file, seen from "${temp.path}"`);
    }
  });

  test('when none of those found may be executed, by the name of the first', () => {
    using temp = newTempFolder();
    temp.write('a/tool');
    temp.write('b/tool');
    expect(reasonFor(temp, { program: 'tool', path: `${temp.at('a')}:${temp.at('b')}`, code: 'EACCES' })).toBe(
      `"${temp.at('a/tool')}" is not executable; run chmod +x on it`,
    );
    expect(reasonFor(temp, { program: 'a/tool', code: 'EACCES' })).toContain(`"${temp.at('a/tool')}"`);
  });
});

describe('the reason is left to the system', () => {
  test('when there is a program to execute in any folder of PATH, also beside one that is none', () => {
    using temp = newTempFolder();
    temp.write('a/tool');
    writeProgram(temp, 'b/tool');
    const path = `${temp.at('a')}:${temp.at('b')}`;
    expect(reasonFor(temp, { program: 'tool', path, code: 'ENOENT' })).toBe(THE_SYSTEM);
  });

  test('when PATH and program are relative to the working directory and lead to one', () => {
    using temp = newTempFolder();
    writeProgram(temp, 'ws/bin/tool');
    const cwd = temp.at('ws');
    expect(reasonFor(temp, { program: 'tool', path: '/none:bin', cwd, code: 'ENOENT' })).toBe(THE_SYSTEM);
    expect(reasonFor(temp, { program: './bin/tool', cwd, code: 'ENOENT' })).toBe(THE_SYSTEM);
    expect(reasonFor(temp, { program: temp.at('ws/bin/tool'), cwd, code: 'ENOENT' })).toBe(THE_SYSTEM);
  });

  test('and where it says nothing, what is likely', () => {
    using temp = newTempFolder();
    writeProgram(temp, 'tool');
    expect(reasonFor(temp, { program: './tool' })).toContain('the interpreter in its first line may be missing');
  });
});
