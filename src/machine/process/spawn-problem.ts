import { accessSync, constants, statSync, type Stats } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Command } from '../../run/context/ports.js';

/** Explains why a command could not be started and what to do about it. `code` is the system's error code. */
export const explainSpawnProblem = (command: Command, code: string | undefined): string => {
  const program = command.argv[0] ?? '';
  return `cannot start "${program}": ${reasonOf(command, program, code)}`;
};

const reasonOf = (command: Command, program: string, code: string | undefined): string => {
  if (code === 'E2BIG') {
    return 'its arguments and environment variables are too large for the system; pass large values through a file';
  }
  if (code === 'ERR_INVALID_ARG_VALUE') return 'an argument, a variable or the folder holds a NUL character; remove it';
  return folderProblem(command.cwd) ?? programProblem(command, program) ?? systemProblem(code);
};

const folderProblem = (folder: string): string | undefined => {
  const stats = statIfThere(folder);
  if (stats === undefined) return `its working directory "${folder}" does not exist; create it in an earlier step`;
  if (!stats.isDirectory()) return `its working directory "${folder}" is not a directory`;
  return isExecutable(folder)
    ? undefined
    : `its working directory "${folder}" may not be entered; check its permissions`;
};

const programProblem = (command: Command, program: string): string | undefined => {
  const candidates = candidatesFor(command, program);
  const found = candidates.filter((path) => statIfThere(path)?.isFile() === true);
  if (found.length === 0) {
    return program.includes('/')
      ? `there is no such file, seen from "${command.cwd}"`
      : 'it is not on PATH; install it, or name its folder in PATH';
  }
  if (!found.some(isExecutable)) return `"${found[0] ?? program}" is not executable; run chmod +x on it`;
  return undefined;
};

const candidatesFor = (command: Command, program: string): readonly string[] => {
  if (isAbsolute(program) || program.includes('/')) return [resolve(command.cwd, program)];
  return (command.env['PATH'] ?? '').split(delimiter).map((folder) => join(resolve(command.cwd, folder), program));
};

const statIfThere = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const systemProblem = (code: string | undefined): string =>
  code === undefined
    ? 'the system refused; the interpreter in its first line may be missing, or there are too many processes or open files'
    : `the system refused (${code})`;
