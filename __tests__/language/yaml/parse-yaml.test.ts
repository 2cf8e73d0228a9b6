import { expect, test } from 'vitest';
import { parse, stringify, type ToStringOptions } from 'yaml';
import { lineTable } from '../../../src/language/yaml/line-table.js';
import { newMistakes } from '../../../src/language/yaml/mistakes.js';
import { parseYaml } from '../../../src/language/yaml/parse-yaml.js';
import type { YamlNode } from '../../../src/language/yaml/yaml-tree.js';
import { createRandom, type Random } from '../../rig/random.js';

const valueOf = (node: YamlNode): unknown => {
  if (node.kind === 'list') return node.items.map(valueOf);
  if (node.kind === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, valueOf(value)]));
  return node.value;
};

const read = (text: string): YamlNode => {
  const mistakes = newMistakes(lineTable(text));
  const node = parseYaml(text, mistakes);
  return node ?? expect.fail(JSON.stringify(mistakes.list()));
};

const pick = <T>(random: Random, items: readonly [T, ...T[]]): T => items[random.below(items.length)] ?? items[0];

const randomValue = (random: Random, depth: number): unknown => {
  const kind = random.below(depth === 0 ? 4 : 7);
  if (kind === 0) return random.below(1000) / 4;
  if (kind === 1) return pick<boolean | null>(random, [true, false, null]);
  if (kind < 4)
    return pick(random, ['a', '', 'two words', 'x: y', '# no', 'line\nline\n', '  pad', "it's", '- a', 'é日😀', '1']);
  const size = random.below(kind === 4 ? 25 : 5);
  const items = Array.from({ length: size }, () => randomValue(random, depth - 1));
  return kind < 6 ? items : Object.fromEntries(items.map((item, index) => [`k${index}`, item]));
};

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'reading in pieces gives what the yaml package gives for the whole: seed %i',
  (seed) => {
    const random = createRandom(seed + 1);
    const document = { a: randomValue(random, 3), steps: Array.from({ length: 25 }, () => randomValue(random, 2)) };
    const options = pick<ToStringOptions>(random, [
      {},
      { indentSeq: false },
      { lineWidth: 20 },
      { defaultStringType: 'QUOTE_DOUBLE' },
    ]);
    const commented = stringify(document, options).replaceAll(/^( *)- /gm, (item) =>
      random.below(9) === 0 ? `# c\n${item}` : item,
    );
    // Comments inside block texts would be text.
    const text = stringify(document, options).includes('|') ? stringify(document, options) : commented;
    expect(valueOf(read(text))).toEqual(parse(text));
  },
);

test('a value knows where it stands, however far down a long list', () => {
  const text = `a:\n${Array.from({ length: 50 }, (_, index) => `  - [x, 'v${index}']\n`).join('')}`;
  const places: string[] = [];
  const look = (node: YamlNode): void => {
    if (node.kind === 'list') node.items.forEach(look);
    else if (node.kind === 'map') node.entries.forEach(({ value }) => look(value));
    else places.push(text.slice(node.start, node.end));
  };
  look(read(text));
  expect(places).toEqual(Array.from({ length: 50 }, (_, index) => ['x', `'v${index}'`]).flat());
});
