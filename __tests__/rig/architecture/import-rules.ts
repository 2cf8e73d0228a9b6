import { folderOf, importsOf, storeyOf, type Rule } from './sources.js';

/** The folders and top files of `src/` in order: an import goes to the same one or to one before it. */
export const LAYERS: readonly string[] = [
  ...['base', 'expressions'],
  ...['language/model', 'language/yaml', 'language/fields', 'language/read', 'language/kinds'],
  ...['language/structure', 'language/check'],
  ...['language', 'state', 'evaluate/context', 'evaluate/kinds', 'evaluate', 'plan'],
  ...['checkpoint/tar', 'checkpoint'],
  ...['run/context', 'run/process', 'run/step', 'run/fallback', 'run/container', 'run/list', 'run'],
  ...['report/text', 'report/step', 'report'],
  'run-pipeline.ts',
  ...['machine/files', 'machine/process', 'machine/workdir', 'machine/workspace', 'machine/job', 'machine'],
  ...['snapshot/tar', 'snapshot/sealed', 'snapshot/restore', 'snapshot'],
  ...['local/command-line', 'local/terminal', 'local/work', 'local/commands', 'local'],
  ...['github/runner', 'github/log', 'github/store', 'github/checkpoint', 'github/job'],
  ...['cli.ts', 'main.ts', 'store.ts'],
];

/** Imports go up the list of layers only, and the two hosts never meet. */
export const layersAreKept: Rule = (sources) =>
  [...sources].flatMap(([path, file]) => {
    if (!LAYERS.includes(folderOf(path))) return [`${path} is in no known layer`];
    return ownImports(importsOf(file))
      .filter((target) => !mayImport(path, target))
      .map((target) => `${path} imports ${target}`);
  });

const mayImport = (from: string, to: string): boolean =>
  LAYERS.includes(folderOf(to)) &&
  LAYERS.indexOf(folderOf(to)) <= LAYERS.indexOf(folderOf(from)) &&
  !(HOSTS.includes(storeyOf(from)) && HOSTS.includes(storeyOf(to)) && storeyOf(from) !== storeyOf(to)) &&
  !(ENTRIES.includes(to) && from !== to);

const HOSTS = ['local', 'github'];
const ENTRIES = ['cli.ts', 'main.ts', 'store.ts'];

/** Folders stay small enough to be read as one list. */
export const foldersAreSmall: Rule = (sources) => {
  const folders = [...sources.keys()].map(folderOf);
  return [...new Set(folders)]
    .map((folder) => ({ folder, count: folders.filter((each) => each === folder).length }))
    .filter(({ count }) => count > MOST_FILES)
    .map(({ folder, count }) => `${folder} has ${String(count)} files, at most ${String(MOST_FILES)} are allowed`);
};

const MOST_FILES = 20;

const ownImports = (imports: readonly string[]): readonly string[] => imports.filter((name) => name.endsWith('.ts'));

/** No file imports itself through others. */
export const nothingIsCircular: Rule = (sources) => {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) circles.push([...trail.slice(start), path].join(' -> '));
    if (start !== -1 || done.has(path)) return;
    const file = sources.get(path);
    for (const target of file === undefined ? [] : ownImports(importsOf(file))) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) walk(path, []);
  return circles;
};

/** The files that may import a package. The first match counts; a package without a match is free. */
const OWNERS: readonly { readonly packages: RegExp; readonly owners: readonly string[] }[] = [
  { packages: /^yaml(\/|$)/, owners: ['language'] },
  { packages: /^@actions\/expressions(\/|$)/, owners: ['expressions'] },
  { packages: /^@actions\//, owners: ['github'] },
  { packages: /^node:crypto$/, owners: ['base/hash.ts', 'machine', 'snapshot'] },
  { packages: /^node:(os|path|stream|tty|util)$/, owners: ['machine', 'snapshot', 'local', 'github'] },
  { packages: /^node:/, owners: ['machine', 'snapshot'] },
];

/** Each package and each part of Node is imported only where it belongs. */
export const packagesStayWithTheirOwners: Rule = (sources) =>
  [...sources].flatMap(([path, file]) =>
    importsOf(file)
      .filter((name) => {
        const owners = OWNERS.find(({ packages }) => packages.test(name))?.owners;
        return owners !== undefined && !owners.includes(path) && !owners.includes(storeyOf(path));
      })
      .map((name) => `${path} imports ${name}`),
  );
