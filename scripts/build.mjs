// Builds the committed programs: tsc -> lib/, ncc -> one folder per entry, esbuild minifies every chunk.
// The same sources give the same bytes, whatever the folder or the Node version: scripts/check-dist.mjs relies on it.
// Most choices here make the programs start fast: docs/adr/0005-fast-start.md.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { transform } from 'esbuild';

const root = dirname(import.meta.dirname);

/**
 * The programs: their entry in src/ and their folder in dist/. docs/adr/0006-three-programs.md says why there are three,
 * and why one has a second name.
 */
const programs = [
  { entry: 'main', folder: '.', format: 'cjs', secondName: 'post.js' },
  { entry: 'cli', folder: 'cli', format: 'cjs' },
  { entry: 'store', folder: 'store', format: 'esm' },
];

/** Compiles src/ and writes every program into its folder of `outDir`, replacing the files that were there. */
export const build = async (outDir) => {
  process.chdir(root); // ncc names modules by their path from here.
  compile();
  useYamlModules();
  useCoreWithoutTokens();
  for (const { entry, folder, format, secondName } of programs) {
    const file = join(root, 'lib', `${entry}.js`);
    if (!existsSync(file)) continue;
    const files = await bundle(file, format);
    if (secondName !== undefined) files.set(secondName, "require('./index.js');\n");
    await writeProgram(join(outDir, folder), files, format);
  }
};

const compile = () => {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
};

/** The bundler drops unused code of ES modules only; the `yaml` package has them under another path. */
const useYamlModules = () => {
  redirectImports('lib/language', 'yaml', join(root, 'node_modules/yaml/browser/index.js'));
};

/** Makes the compiled files below a folder import a file instead of a package. */
const redirectImports = (folder, packageName, file) => {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const code = readFileSync(path, 'utf8');
    writeFileSync(path, code.replaceAll(`'${packageName}'`, `'${relative(entry.parentPath, file)}'`));
  }
};

/**
 * `@actions/core` loads an HTTP client for the OpenID Connect tokens that Savepoint never asks for: 1 MB to read and 23 MB of
 * memory, in the one process that has to stay small.
 */
const useCoreWithoutTokens = () => {
  const ours = join(root, 'lib/actions-core');
  cpSync(join(root, 'node_modules/@actions/core/lib'), ours, { recursive: true });
  writeFileSync(join(ours, 'oidc-utils.js'), 'export class OidcClient {}\n');
  redirectImports('lib/github', '@actions/core', join(ours, 'core.js'));
};

/** CommonJS where possible, because Node loads it faster than ES modules. */
const bundle = async (entry, format) => {
  const { code, assets, stats } = await ncc(entry, { cache: false, esm: format === 'esm', quiet: true });
  const files = new Map([
    ['index.js', code],
    ['package.json', `{"type":"${format === 'esm' ? 'module' : 'commonjs'}"}\n`],
    ['licenses.txt', licenses(stats)],
  ]);
  for (const [name, asset] of Object.entries(assets)) if (!files.has(name)) files.set(name, asset.source.toString());
  return files;
};

/** Licences of all packages in the bundle; ncc's own list misses packages that it merges into our modules. */
const licenses = (stats) => {
  const options = {
    all: false,
    modules: true,
    nestedModules: true,
    modulesSpace: Infinity,
    nestedModulesSpace: Infinity,
  };
  const names = (modules) => modules.flatMap(({ name, modules: inner = [] }) => [name ?? '', ...names(inner)]);
  const folders = new Set(names(stats.toJson(options).modules).flatMap(packageOf));
  return [...folders].sort().map(license).join('\n');
};

/** The folder of a module's package, such as `node_modules/a/node_modules/b`. */
const packageOf = (module) => {
  if (module.includes('lib/actions-core/')) return ['node_modules/@actions/core'];
  return module.match(/(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/)?.[0].slice(0, -1) ?? [];
};

/** The licence text of a package; some packages only name their licence. */
const license = (folder) => {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? stated(folder) : readFileSync(join(folder, file), 'utf8').trim();
  return `${folder.replace(/.*node_modules\//, '')}\n\n${text}\n`;
};

/** The licence stated in the `package.json` of a package without a licence file. */
const stated = (folder) => {
  const {
    license: name = 'none named',
    author = '',
    repository = '',
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const text = (value) => (typeof value === 'string' ? value : [value.name, value.url].filter(Boolean).join(' '));
  return [`License: ${name}`, text(author), text(repository)].filter((line) => line !== '').join('\n');
};

/** Replaces the files of a folder; its subfolders belong to other programs and stay. */
const writeProgram = async (folder, files, format) => {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile()) rmSync(join(folder, entry.name));
  for (const [name, content] of files) {
    const mode = content.startsWith('#!') ? 0o755 : 0o644;
    writeFileSync(join(folder, name), name.endsWith('.js') ? await minify(content, format) : content, { mode });
  }
};

const minify = async (code, format) => {
  const options = { format, target: 'node20', minify: true, legalComments: 'none' };
  return (await transform(withoutForeignCode(compiledAtOnce(code)), options)).code;
};

/** V8 compiles a function in parentheses at once, and parses any other function a second time later. */
const compiledAtOnce = (code) => code.replaceAll(/^\/\*{3}\/ \(\((.*)\) => \{$/gm, '/***/ (function($1) {');

/** For a feature we do not use, `fdir` would load `picomatch` from the project that contains `dist/`. */
const withoutForeignCode = (code) => code.replace('__require.resolve("picomatch")', 'throw undefined');

if (import.meta.filename === process.argv[1]) await build(resolve(process.argv[2] ?? join(root, 'dist')));
