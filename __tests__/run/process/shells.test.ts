import { describe, expect, test } from 'vitest';
import { err, type Result } from '../../../src/base/result.js';
import { findShell, scriptText, shellArgv, type Shell } from '../../../src/run/process/shells.js';

const has =
  (...programs: readonly string[]) =>
  (name: string) =>
    programs.includes(name);

const found = (result: Result<Shell>): Shell => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

const argvOf = (shell: string | undefined, ...programs: readonly string[]): string =>
  shellArgv(found(findShell(shell, has(...programs))), 'FILE').join(' ');

describe('the command of a shell', () => {
  test.each([
    ['bash', 'bash --noprofile --norc -eo pipefail FILE'],
    ['sh', 'sh -e FILE'],
    ['python', 'python FILE'],
    ['node', 'node FILE'],
    ['pwsh', 'pwsh -NoLogo -NoProfile -NonInteractive -File FILE'],
    ['perl -w {0} --quick', 'perl -w FILE --quick'],
    ['  tool   --file={0} ', 'tool --file=FILE'],
  ])('%s is %s', (shell, command) => {
    expect(argvOf(shell, 'python')).toBe(command);
  });

  test('is that of bash where none is named, else that of sh', () => {
    expect(argvOf(undefined, 'bash')).toMatch(/^bash /);
    expect(argvOf(undefined)).toBe('sh -e FILE');
  });

  test('is that of bash where bash is named, there or not', () => {
    expect(argvOf('bash')).toMatch(/^bash /);
  });

  test('uses python3 where there is no python', () => {
    expect(argvOf('python')).toBe('python3 FILE');
  });

  test('takes a file name as it is', () => {
    const shell = found(findShell('run {0}', has()));
    expect(shellArgv(shell, "/tmp/$& $'")).toEqual(['run', "/tmp/$& $'"]);
  });
});

test.each(['zsh', '', 'constructor', 'toString', '__proto__'])('there is no shell "%s"', (shell) => {
  expect(findShell(shell, has('bash'))).toEqual(err(`there is no shell "${shell}"`));
});

test.each([
  ['bash', '.sh'],
  ['sh', '.sh'],
  ['python', '.py'],
  ['node', '.mjs'],
  ['pwsh', '.ps1'],
  ['perl {0}', '.sh'],
])('scripts of %s end in %s', (shell, extension) => {
  expect(found(findShell(shell, has('python'))).extension).toBe(extension);
});

test('a script is written as it is, except for PowerShell, which gets lines that make errors count', () => {
  expect(scriptText(found(findShell('bash', has())), 'make\n')).toBe('make\n');
  const text = scriptText(found(findShell('pwsh', has())), 'make');
  expect(text).toMatch(/^\$ErrorActionPreference = 'stop'\nmake\n/);
  expect(text).toContain('exit $LASTEXITCODE');
});
