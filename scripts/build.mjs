// Builds the committed programs: tsc -> lib/, ncc -> one folder per entry, esbuild minifies every chunk.
// The same sources give the same bytes, whatever the folder or the Node version: scripts/check-dist.mjs relies on it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { transform } from 'esbuild';

const root = dirname(import.meta.dirname);

/** What is built: the entry in src/, and the folder below dist/ it becomes. */
const programs = [{ entry: 'cli', folder: 'cli' }];

/** Compiles src/ and writes every program below `outDir`, replacing what was there. */
export const build = async (outDir) => {
  process.chdir(root); // ncc names modules by their path from here.
  compile();
  rmSync(outDir, { recursive: true, force: true });
  for (const { entry, folder } of programs) {
    await writeProgram(join(outDir, folder), await bundle(join(root, 'lib', `${entry}.js`)));
  }
};

const compile = () => {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
};

const bundle = async (entry) => {
  const { code, assets } = await ncc(entry, { cache: false, license: 'licenses.txt', quiet: true });
  const files = new Map([
    ['index.js', code],
    ['package.json', '{"type":"module"}\n'],
  ]);
  for (const [name, asset] of Object.entries(assets)) files.set(name, asset.source.toString());
  return files;
};

const writeProgram = async (folder, files) => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    const mode = content.startsWith('#!') ? 0o755 : 0o644;
    writeFileSync(join(folder, name), name.endsWith('.js') ? await minify(content) : content, { mode });
  }
};

// ncc minifies the entry only. A chunk of half the size is read and compiled 1 to 2 ms sooner.
const minify = async (code) => {
  const options = { format: 'esm', target: 'node20', minify: true, legalComments: 'none' };
  return (await transform(code, options)).code;
};

if (import.meta.filename === process.argv[1]) await build(resolve(process.argv[2] ?? join(root, 'dist')));
