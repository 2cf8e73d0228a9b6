import { expect, test } from 'vitest';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { renderDiagnostics } from '../../src/language/yaml/render-diagnostic.js';
import { createRandom, type Random } from '../rig/random.js';
import { goldens } from './goldens.js';
import { lines, mistakesIn, read, stepsOf } from './reading.js';

test('a byte order mark changes nothing', async () => {
  expect(await stepsOf('\ufeffsteps:\n  - run: a\n')).toEqual(await stepsOf('steps:\n  - run: a\n'));
  expect(await mistakesIn('\ufeffstep: []\n')).toContainEqual(expect.stringContaining('1:1 unknown key "step"'));
});

test('Windows line ends change neither values nor places', async () => {
  const text = 'steps:\n  - run: |\n      a\n      b\n    name: x\n  - run: c\n';
  expect(await stepsOf(text.replaceAll('\n', '\r\n'))).toEqual(await stepsOf(text));
  expect(await mistakesIn('steps:\r\n  - run: a\r\n    neds: []\r\n')).toEqual([
    '3:5 unknown key "neds", did you mean "needs"? [unknown-key]',
  ]);
});

test('the mark ends before a Windows line end', async () => {
  const source = { file: 'savepoint.yml', bytes: Buffer.from('steps:\r\n  - run: "a\r\n') };
  const result = await readPipeline(source);
  expect(result.ok ? '' : renderDiagnostics(result.error)).toContain('  2 |   - run: "a\n    |          ^^');
});

test.each([
  ['brackets', '['.repeat(100_000)],
  ['list items', '- '.repeat(100_000)],
  ['keys', lines(1000, (index) => `${' '.repeat(index)}a:\n`)],
  ['question marks', '? '.repeat(100_000)],
])('nesting without end is refused: %s', async (_, text) => {
  expect(await mistakesIn(text)).toEqual([expect.stringContaining('[too-deep]')]);
});

test('the mistakes of an aliased step are reported once', async () => {
  expect(await mistakesIn('steps:\n  - &a {run: x, timeot: 1s}\n  - *a\n')).toHaveLength(1);
});

test('a file with thousands of mistakes lists a thousand', async () => {
  expect(await mistakesIn(`steps:\n${'  - 5\n'.repeat(2000)}`)).toHaveLength(1001);
});

test('ten thousand steps in a row are read', async () => {
  const steps = await stepsOf(`steps:\n${lines(10_000, () => '  - run: a\n')}`);
  expect(steps.map(({ needs }) => needs[0])).toEqual([undefined, ...Array(9999).keys()]);
});

test('each step knows the line it begins in', async () => {
  const steps = await stepsOf('# first\nsteps:\n  - run: a\n\n  -\n    run: b\n  - {run: c}\n');
  expect(steps.map(({ line }) => line)).toEqual([3, 6, 7]);
});

test.each(goldens('language/good'))('a pipeline is plain data and holds nothing else: $name', async ({ input }) => {
  const result = await read(input);
  const pipeline = result.ok ? result.value : undefined;
  expect(structuredClone(pipeline)).toEqual(pipeline);
  expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
});

test.each(goldens('language/bad'))(
  'a damaged file never breaks the reader, and places stay in it: $name',
  async (golden) => {
    const random = createRandom(golden.input.length + 1);
    for (let turn = 0; turn < 20; turn += 1) {
      const text = damage(golden.input, random);
      const result = await read(text);
      const rows = text.split('\n');
      for (const { position } of result.ok ? [] : result.error) {
        if (position === undefined) continue;
        const row = rows[position.line - 1];
        expect(row, `line ${position.line} of ${JSON.stringify(text)}`).toBeDefined();
        expect(position.column - 1).toBeLessThanOrEqual(row?.length ?? 0);
      }
    }
  },
);

const PIECES = [
  '',
  '\n',
  '  ',
  '- ',
  ': ',
  '"',
  "'",
  '[',
  '}',
  '${{',
  '}}',
  '&a ',
  '*a',
  '|',
  '#',
  '\t',
  'steps',
  '!',
  '<<',
];

const damage = (text: string, random: Random): string => {
  const at = random.below(text.length + 1);
  const until = Math.min(text.length, at + random.below(6));
  return `${text.slice(0, at)}${PIECES[random.below(PIECES.length)] ?? ''}${text.slice(until)}`;
};
