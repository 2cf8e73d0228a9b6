import { importsOf, folderOf, type Rule } from './sources.js';

/** Where code may live, from the bottom: an import goes to the same place or one before it. */
export const LAYERS = [
  'base',
  'expressions',
  'language',
  'state',
  'plan',
  'checkpoint',
  'step-cache',
  'run',
  'report',
  'run-pipeline.ts',
  'machine',
  'local',
  'github',
  'cli.ts',
  'main.ts',
  'store.ts',
];

/** Imports go up the list of layers only, and the two hosts never meet. */
export const layersAreKept: Rule = (sources) =>
  [...sources].flatMap(([path, file]) => {
    if (!LAYERS.includes(folderOf(path))) return [`${path} is in no known layer`];
    return ownImports(importsOf(file))
      .filter((target) => !mayImport(folderOf(path), folderOf(target)))
      .map((target) => `${path} imports ${target}`);
  });

const mayImport = (from: string, to: string): boolean =>
  LAYERS.includes(to) &&
  LAYERS.indexOf(to) <= LAYERS.indexOf(from) &&
  !(HOSTS.includes(from) && HOSTS.includes(to) && from !== to) &&
  !(ENTRIES.includes(to) && from !== to);

const HOSTS = ['local', 'github'];
const ENTRIES = ['cli.ts', 'main.ts', 'store.ts'];

const ownImports = (imports: readonly string[]): readonly string[] => imports.filter((name) => name.endsWith('.ts'));

/** No file imports itself by way of others. */
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

/** Who may import a package. The first that matches counts; what matches none is free. */
const OWNERS: readonly { readonly packages: RegExp; readonly owners: readonly string[] }[] = [
  { packages: /^yaml(\/|$)/, owners: ['language'] },
  { packages: /^@actions\/expressions(\/|$)/, owners: ['expressions'] },
  { packages: /^@actions\//, owners: ['github'] },
  { packages: /^node:crypto$/, owners: ['base/hash.ts', 'machine'] },
  { packages: /^node:(os|path|stream|tty|util)$/, owners: ['machine', 'local', 'github'] },
  { packages: /^node:/, owners: ['machine'] },
];

/** Each package and each part of Node is imported only where it belongs. */
export const packagesStayWithTheirOwners: Rule = (sources) =>
  [...sources].flatMap(([path, file]) =>
    importsOf(file)
      .filter((name) => {
        const owners = OWNERS.find(({ packages }) => packages.test(name))?.owners;
        return owners !== undefined && !owners.includes(path) && !owners.includes(folderOf(path));
      })
      .map((name) => `${path} imports ${name}`),
  );
