import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  exportsAreDocumented,
  importsDoNothing,
  logicIsTested,
  namesAreKebabCase,
  nothingIsTooLong,
  theCoreIsDeterministic,
} from './rig/architecture/code-rules.js';
import {
  foldersAreSmall,
  layersAreKept,
  nothingIsCircular,
  packagesStayWithTheirOwners,
} from './rig/architecture/import-rules.js';
import { parseSources, readSources, type Rule } from './rig/architecture/sources.js';

const sources = readSources(join(import.meta.dirname, '../src'));

/** Entries are tested by what they start, in `e2e/`. */
const testedAsAWhole = ['cli.ts', 'main.ts', 'store.ts'];
const testsExist = logicIsTested(readSources(import.meta.dirname, '.test.ts'), testedAsAWhole);

const complaints = (rule: Rule, texts: Readonly<Record<string, string>>): readonly string[] =>
  rule(parseSources(texts));
const lines = (count: number): string => `${'\n'.repeat(count - 1)};`;

describe('the sources', () => {
  test.each<[string, Rule]>([
    ['import only from their own and earlier layers', layersAreKept],
    ['have no import cycle', nothingIsCircular],
    ['stand in small folders', foldersAreSmall],
    ['import each package only where it belongs', packagesStayWithTheirOwners],
    ['touch the process, time and chance only at the edges', theCoreIsDeterministic],
    ['do nothing when imported', importsDoNothing],
    ['keep files and functions short', nothingIsTooLong],
    ['document every export', exportsAreDocumented],
    ['are named in kebab-case', namesAreKebabCase],
    ['are tested, each file of logic in its own folder', testsExist],
  ])('%s', (_what, rule) => {
    expect(rule(sources)).toEqual([]);
  });

  test('are all read', () => {
    expect([...sources.keys()]).toEqual(expect.arrayContaining(['base/hash.ts', 'run/context/ports.ts']));
  });
});

describe('a layer', () => {
  test('may import itself and earlier ones', () => {
    const texts = {
      'run/list/a.ts': `import '../../base/b.js'; import './c.js'; import '../step/d.js';`,
      'base/b.ts': '',
      'run/list/c.ts': '',
      'run/step/d.ts': '',
    };
    expect(complaints(layersAreKept, texts)).toEqual([]);
  });

  test.each([
    ['a value', `import { b } from '../run/b.js';`],
    ['a type', `import type { B } from '../run/b.js';`],
    ['an export', `export { b } from '../run/b.js';`],
    ['an import type', `type B = import('../run/b.js').B;`],
    ['a dynamic import', `const load = () => import('../run/b.js');`],
  ])('may not import a later one: %s', (_what, text) => {
    expect(complaints(layersAreKept, { 'base/a.ts': text })).toEqual(['base/a.ts imports run/b.ts']);
  });

  test.each([
    ['local/a.ts', '../github/b.js'],
    ['github/a.ts', '../local/b.js'],
    ['run-pipeline.ts', './machine/b.js'],
    ['report/a.ts', '../run-pipeline.js'],
    ['local/a.ts', '../cli.js'],
    ['main.ts', './cli.js'],
    ['base/a.ts', '../../bench/b.js'],
    ['run/step/a.ts', '../list/b.js'],
    ['run/list/a.ts', '../b.js'],
  ])('%s may not import %s', (path, target) => {
    expect(complaints(layersAreKept, { [path]: `import '${target}';` })).toHaveLength(1);
  });

  test('has to be a known one', () => {
    expect(complaints(layersAreKept, { 'utils/a.ts': '' })).toEqual(['utils/a.ts is in no known layer']);
  });
});

test('a folder with too many files is named', () => {
  const filesOf = (count: number): Readonly<Record<string, string>> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`base/a${String(index)}.ts`, '']));
  expect(complaints(foldersAreSmall, { ...filesOf(20), 'base/deep/a.ts': '' })).toEqual([]);
  expect(complaints(foldersAreSmall, filesOf(21))).toEqual(['base has 21 files, at most 20 are allowed']);
});

test('an import cycle is shown as the way around it', () => {
  const texts = {
    'base/a.ts': `import './b.js';`,
    'base/b.ts': `import './c.js';`,
    'base/c.ts': `import type { B } from './b.js';`,
  };
  expect(complaints(nothingIsCircular, texts)).toEqual(['base/b.ts -> base/c.ts -> base/b.ts']);
});

describe('a package', () => {
  test.each([
    ['language/a.ts', 'yaml'],
    ['expressions/a.ts', '@actions/expressions'],
    ['github/a.ts', '@actions/cache'],
    ['machine/a.ts', 'node:fs'],
    ['base/hash.ts', 'node:crypto'],
    ['local/a.ts', 'node:path'],
    ['machine/a.ts', 'tinyglobby'],
  ])('%s may import %s', (path, name) => {
    expect(complaints(packagesStayWithTheirOwners, { [path]: `import '${name}';` })).toEqual([]);
  });

  test.each([
    ['plan/a.ts', 'yaml'],
    ['language/a.ts', '@actions/expressions/parser'],
    ['expressions/a.ts', '@actions/core'],
    ['local/a.ts', 'node:fs'],
    ['local/a.ts', 'node:fs/promises'],
    ['github/a.ts', 'node:child_process'],
    ['run/a.ts', 'node:os'],
    ['base/a.ts', 'node:crypto'],
    ['base/a.ts', 'node:path'],
  ])('%s may not import %s', (path, name) => {
    const found = complaints(packagesStayWithTheirOwners, { [path]: `const load = () => import('${name}');` });
    expect(found).toEqual([`${path} imports ${name}`]);
  });
});

describe('the core', () => {
  const use = (text: string): readonly string[] => complaints(theCoreIsDeterministic, { 'run/a.ts': text });

  test.each([
    ['process.env', 'process'],
    ['console.log(1)', 'console'],
    ['Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['Date()', 'Date()'],
    ['Math.random()', 'Math.random'],
    ['setTimeout(f, 1)', 'setTimeout'],
    ['({ setImmediate })', 'setImmediate'],
    ['f(process)', 'process'],
  ])('may not use %s', (text, name) => {
    expect(use(`const a = () => ${text};`)).toEqual([`run/a.ts:1 uses ${name}`]);
  });

  test.each(['new Date(ms)', 'Math.max(1, 2)', 'ports.process.start()', '({ process: 1 })'])('may use %s', (text) => {
    expect(use(`const a = () => ${text};`)).toEqual([]);
  });

  test('may name its own things like globals', () => {
    expect(use('const a = (process: RunningProcess) => process.stop(1);')).toEqual([]);
  });

  test('is not the edges', () => {
    expect(complaints(theCoreIsDeterministic, { 'machine/clock.ts': 'const now = () => Date.now();' })).toEqual([]);
  });
});

describe('importing a module', () => {
  test.each([
    'connect();',
    'export const now = Date.now();',
    'const cache = load(1);',
    'const value = await import("yaml");',
    'const socket = new Socket();',
    'if (a) b = 1;',
    'class A { static { connect(); } }',
    'const nested = { a: [connect()] };',
  ])('at the edges may not do this: %s', (text) => {
    expect(complaints(importsDoNothing, { 'machine/a.ts': text })).not.toEqual([]);
  });

  test.each(['register();', 'const value = await load();', 'table.set(1, 2);'])(
    'in the core may not do this: %s',
    (text) => {
      expect(complaints(importsDoNothing, { 'base/a.ts': text })).not.toEqual([]);
    },
  );

  test('in the core may compute constants', () => {
    expect(complaints(importsDoNothing, { 'base/a.ts': 'const fields = [text({ min: 1 })];' })).toEqual([]);
  });

  test.each([
    'const f = () => connect();',
    'const table = new Map([["a", 1]]);',
    'const zeros = "0".repeat(32);',
    'const all = Object.freeze(["a"].map((x) => x));',
    'const pattern = /a/;',
    'class A { b = connect(); }',
    'export { a } from "./b.js";',
  ])('may do this: %s', (text) => {
    expect(complaints(importsDoNothing, { 'machine/a.ts': text })).toEqual([]);
  });

  test('may do anything in an entry', () => {
    expect(complaints(importsDoNothing, { 'cli.ts': 'main();' })).toEqual([]);
  });
});

describe('a length', () => {
  const functionOf = (count: number): string => `const runPipeline = () => {${lines(count)}};`;

  test.each([
    { what: 'a file', path: 'base/a.ts', text: lines, limit: 300 },
    { what: 'an entry', path: 'cli.ts', text: lines, limit: 60 },
    { what: 'a function', path: 'base/a.ts', text: functionOf, limit: 60 },
    { what: 'a method', path: 'base/a.ts', text: (n: number) => `class A { b() {${lines(n)}} }`, limit: 60 },
    { what: 'the main path', path: 'run-pipeline.ts', text: functionOf, limit: 40 },
  ])('of $what is at most $limit lines', ({ path, text, limit }) => {
    expect(complaints(nothingIsTooLong, { [path]: text(limit) })).toEqual([]);
    expect(complaints(nothingIsTooLong, { [path]: text(limit + 1) })).toHaveLength(1);
  });

  test('of a file does not count the end of its last line', () => {
    expect(complaints(nothingIsTooLong, { 'base/a.ts': 'a;\n'.repeat(300) })).toEqual([]);
  });
});

test('an export without a doc comment is found', () => {
  const text = '/** Documented. */\nexport const a = 1;\n// not a doc comment\nexport type B = 1;\nconst inner = 2;\n';
  expect(complaints(exportsAreDocumented, { 'base/a.ts': text })).toEqual([
    'base/a.ts:4 exports without a doc comment',
  ]);
});

test.each(['base/camelCase.ts', 'stepCache/a.ts', 'base/snake_case.ts', 'base/-a.ts'])(
  'the name %s is not in kebab-case',
  (path) => {
    expect(complaints(namesAreKebabCase, { [path]: '', 'step-cache/a-b2.ts': '' })).toHaveLength(1);
  },
);

describe('a file of logic', () => {
  const rule = logicIsTested(
    parseSources({
      'base/tested.test.ts': '',
      'base/base.test.ts': `import { a } from '../../src/base/together.js';`,
      'base/small.test.ts': `describe('in words', () => {}); test('not at all', () => {});`,
      'base/types.test.ts': `import type { a } from '../../src/base/typed.js';`,
      'run/run.test.ts': `import { a } from '../../src/base/elsewhere.js';`,
    }),
    ['cli.ts'],
  );
  const missing = (path: string): readonly string[] => complaints(rule, { [path]: 'export const a = 1;' });

  test('is tested by its own test file', () => {
    expect(missing('base/tested.ts')).toEqual([]);
    expect(missing('base/other.ts')).toEqual(['__tests__/base/other.test.ts is missing']);
  });

  test('is tested by a test file of its folder that imports it', () => {
    expect(missing('base/together.ts')).toEqual([]);
  });

  test('is tested by a test file of its folder that describes it', () => {
    expect(missing('base/in-words.ts')).toEqual([]);
    for (const path of ['base/not-at-all.ts', 'run/in-words.ts']) expect(missing(path)).toHaveLength(1);
  });

  test.each(['base/typed.ts', 'base/elsewhere.ts'])(
    'is not tested where only its types or only other folders import it: %s',
    (path) => {
      expect(missing(path)).toHaveLength(1);
    },
  );

  test('needs no test where there are only types, or by exception', () => {
    const texts = { 'base/types.ts': 'export type A = 1; const b = 2;', 'cli.ts': 'export const a = 1;' };
    expect(complaints(rule, texts)).toEqual([]);
  });
});
