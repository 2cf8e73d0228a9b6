import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultNode } from '../nodes.js';
import { ROOT, type Page } from './page.js';

/** A copy of a fresh clone of the repository, in which the commands of one page run. */
export type PageWorkspace = {
  /** Runs commands one after the other in one shell; gives the output and exit code of each. It is called `/project`. */
  readonly run: (commands: readonly string[]) => readonly Ran[];
  readonly [Symbol.dispose]: () => void;
};

/** The result of a command: both streams in the order they arrived, and the exit code. */
export type Ran = { readonly output: string; readonly exitCode: number };

/** The program that the pages are about. */
export const PROGRAM = 'dist/cli/index.js';

/**
 * Makes a workspace for a page, with the files that its blocks name. Pages of the documentation start in an empty folder
 * and call `savepoint`; all others start in the root of the clone and call the program by its path. Nothing is installed.
 */
export const newPageWorkspace = (page: Page): PageWorkspace => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sp-docs-')));
  const clone = join(folder, 'clone');
  for (const part of ['dist', 'examples']) {
    cpSync(join(ROOT, part), join(clone, part), { recursive: true, filter: (path) => !path.includes('.work') });
  }
  const bin = makeBin(folder, join(clone, PROGRAM));
  const cwd = page.file.startsWith('docs/') ? join(folder, 'project') : clone;
  mkdirSync(cwd, { recursive: true });
  for (const { language, words, text } of page.fences) {
    if (language !== 'log' && words[0] !== undefined) writeNamed(join(cwd, words[0]), text);
  }
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: folder, TMPDIR: folder, LC_ALL: 'C.UTF-8' };
  return {
    run: (commands) => runAll(commands, { cwd, env }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
};

const makeBin = (folder: string, program: string): string => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(defaultNode(), join(bin, 'node'));
  writeFileSync(join(bin, 'savepoint'), `#!/bin/sh\nexec node "${program}" "$@"\n`, { mode: 0o755 });
  return bin;
};

const writeNamed = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file)) writeFileSync(file, `${text}\n`);
};

/** Separates the output of commands: the record separator of ASCII, which no page shows. */
const MARK = '\u001e';

type Surroundings = { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

const runAll = (commands: readonly string[], { cwd, env }: Surroundings): readonly Ran[] => {
  const marked = commands.map((command) => `${command}\nstatus=$?; printf '${MARK}%s${MARK}' $status; (exit $status)`);
  const script = ['exec 2>&1', ...marked].join('\n');
  const { stdout } = spawnSync('bash', ['-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  const parts = stdout.split(MARK);
  return commands.map((_command, index) => ({
    output: (parts[2 * index] ?? '').trimEnd().replaceAll(cwd, '/project'),
    exitCode: Number(parts[2 * index + 1] ?? Number.NaN),
  }));
};
