// Builds the committed programs: tsc -> lib/, ncc -> one folder per entry, esbuild minifies every chunk.
// The same sources give the same bytes, whatever the folder or the Node version: scripts/check-dist.mjs relies on it.
// A program that starts fast is what most of the choices here are for: docs/adr/0005-fast-start.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  useYamlModules();
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

/** Of ES modules the bundler leaves out what nobody uses; the `yaml` package has them under another name. */
const useYamlModules = () => {
  const folder = join(root, 'lib/language');
  for (const name of readdirSync(folder)) {
    const code = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), code.replace("from 'yaml'", "from '../../node_modules/yaml/browser/index.js'"));
  }
};

/** CommonJS, because Node starts it sooner than ES modules. */
const bundle = async (entry) => {
  const { code, assets } = await ncc(entry, { cache: false, esm: false, quiet: true });
  const files = new Map([
    ['index.js', code],
    ['package.json', '{"type":"commonjs"}\n'],
    ['licenses.txt', licenses()],
  ]);
  for (const [name, asset] of Object.entries(assets)) files.set(name, asset.source.toString());
  return files;
};

/** Those of all packages that may be in a bundle; ncc's own list misses what it merges into our modules. */
const licenses = () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const folders = Object.keys(packages).filter((folder) => folder !== '' && packages[folder].dev !== true);
  return folders.map((folder) => license(folder.replace(/.*node_modules\//, ''), join(root, folder))).join('\n');
};

const license = (name, folder) => {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
};

const writeProgram = async (folder, files) => {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) {
    const mode = content.startsWith('#!') ? 0o755 : 0o644;
    writeFileSync(join(folder, name), name.endsWith('.js') ? await minify(content) : content, { mode });
  }
};

const minify = async (code) => {
  const options = { format: 'cjs', target: 'node20', minify: true, legalComments: 'none' };
  return (await transform(withoutForeignCode(compiledAtOnce(code)), options)).code;
};

/** V8 compiles a function in parentheses as it reads it, and any other one in a second reading. */
const compiledAtOnce = (code) => code.replaceAll(/^\/\*{3}\/ \(\((.*)\) => \{$/gm, '/***/ (function($1) {');

/** `fdir` takes a `picomatch` for a feature we do not use from whatever project `dist/` lies in. */
const withoutForeignCode = (code) => code.replace('__require.resolve("picomatch")', 'throw undefined');

if (import.meta.filename === process.argv[1]) await build(resolve(process.argv[2] ?? join(root, 'dist')));
