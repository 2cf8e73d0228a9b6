import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodes } from '../rig/nodes.js';
import { type Program, startProgram } from '../rig/program.js';

type Clone = Disposable & {
  readonly folder: string;
  readonly start: (args: readonly string[], node: string, cwd?: string) => Program;
};

const ROOT = join(import.meta.dirname, '../..');

/** A clone without installed packages: `dist`, the examples, and an empty home folder. */
const newClone = (): Clone => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'sp-clone-')));
  const [folder, home] = [join(parent, 'clone'), join(parent, 'home')];
  mkdirSync(home);
  for (const part of ['dist', 'examples']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: (path) => !path.endsWith('/.work') });
  }
  return {
    folder,
    start: (args, node, cwd = folder) =>
      startProgram(args, {
        node,
        file: join(folder, 'dist/cli/index.js'),
        cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: parent },
      }),
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
};

describe.each(nodes)('a fresh clone on %s', (_label, node) => {
  test('runs the quickstart, fails it and resumes it, without an install', async () => {
    using clone = newClone();
    const quickstart = 'examples/quickstart/savepoint.yml';
    const failed = clone.start(['run', quickstart, '--input', 'break=transform'], node);
    expect(await failed.exitCode, failed.stderr()).toBe(1);
    const resumed = clone.start(['resume'], node);
    expect(await resumed.exitCode, resumed.stderr()).toBe(0);
    expect(resumed.stdout()).toContain('Kepler was right');
    expect(resumed.stdout()).toContain('2 steps kept from before');
  });

  test('says what is missing when it is not whole, as a bug with exit code 70', async () => {
    using clone = newClone();
    const programFolder = join(clone.folder, 'dist/cli');
    const chunks = readdirSync(programFolder).filter((name) => /^\d+\.index\.js$/.test(name));
    chunks.forEach((name) => rmSync(join(programFolder, name)));
    const broken = clone.start(['validate', 'examples/quickstart/savepoint.yml'], node);
    expect(await broken.exitCode).toBe(70);
    expect(broken.stderr()).toContain('bug in Savepoint');
    expect(broken.stderr()).toMatch(/node v\d+/);
  });
});

test('the Node project of the examples is checked, built, packed and tried out', async () => {
  using clone = newClone();
  const [[, node] = ['', process.execPath]] = nodes;
  const run = clone.start(['run'], node, join(clone.folder, 'examples/node-project'));
  expect(await run.exitCode, run.stdout() + run.stderr()).toBe(0);
  expect(run.stdout()).toContain('MMXXVI');
});
