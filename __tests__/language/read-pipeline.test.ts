import { expect, test } from 'vitest';
import { isContainer, type Step } from '../../src/language/pipeline.js';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { renderDiagnostics } from '../../src/language/render-diagnostic.js';
import { goldens } from './goldens.js';
import { Random } from './random.js';

const sourceOf = (bytes: Uint8Array | string) => ({ file: 'savepoint.yml', bytes: Buffer.from(bytes) });

const read = (bytes: Uint8Array | string) => readPipeline(sourceOf(bytes));

const told = async (bytes: Uint8Array | string): Promise<string> => {
  const result = await read(bytes);
  return result.ok ? '' : renderDiagnostics(result.error, sourceOf(bytes));
};

const stepsOf = async (text: string): Promise<readonly Step[]> => {
  const result = await read(text);
  return result.ok ? result.value.steps : expect.fail(JSON.stringify(result.error));
};

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

test('a file of 10 MB is refused before it is read', async () => {
  expect(await told(Buffer.alloc(10_000_000, '- a\n'))).toBe(
    'savepoint.yml the file has 9.5 MiB, at most 4 MiB are read [file-too-large]',
  );
});

test('a file of exactly 4 MiB is read', async () => {
  const start = 'steps:\n  - run: a\n#';
  expect((await read(start.padEnd(4 * 1024 * 1024, 'x'))).ok).toBe(true);
  expect((await read(start.padEnd(4 * 1024 * 1024 + 1, 'x'))).ok).toBe(false);
});

test('a NUL byte is found where it stands', async () => {
  expect(await told('steps:\n  - run: a\0b\n')).toBe(
    'savepoint.yml:2:11 the file contains a NUL byte, which YAML does not allow [control-character]\n' +
      '  2 |   - run: a␀b\n' +
      '    |           ^',
  );
});

test('an escape character is found where it stands', async () => {
  expect(await told('steps:\n  - run: \u001b[31m\n')).toContain(':2:10 the file contains the control character U+001B');
});

test.each([
  ['in the middle', [0x73, 0x0a, 0x61, 0xff, 0x62], ':2:2 '],
  ['a character cut off at the end', [0x61, 0xe6, 0x97], ':1:2 '],
  ['after a byte order mark', [0xef, 0xbb, 0xbf, 0x61, 0x80], ':1:2 '],
  ['after characters of several bytes', [0xe6, 0x97, 0xa5, 0xf0, 0x9f, 0x98, 0x80, 0xc0, 0x61], ':1:4 '],
])('bytes that are not UTF-8 are found where they stand: %s', async (_, bytes, place) => {
  expect(await told(Uint8Array.from(bytes))).toContain(`savepoint.yml${place}this is not UTF-8`);
});

test.each(['utf16le', 'utf16be'])('a file in %s is told to become UTF-8', async (encoding) => {
  const bytes = Buffer.from('\ufeffsteps: []', 'utf16le');
  expect(await told(encoding === 'utf16le' ? bytes : bytes.swap16())).toBe(
    'savepoint.yml the file is UTF-16; save it as UTF-8 [not-utf8]',
  );
});

test('a byte order mark changes nothing', async () => {
  expect(await stepsOf('\ufeffsteps:\n  - run: a\n')).toEqual(await stepsOf('steps:\n  - run: a\n'));
  expect(await told('\ufeffstep: []\n')).toContain('savepoint.yml:1:1 unknown key "step"');
});

test('Windows line ends change neither values nor places', async () => {
  const text = 'steps:\n  - run: |\n      a\n      b\n    name: x\n  - run: c\n';
  expect(await stepsOf(text.replaceAll('\n', '\r\n'))).toEqual(await stepsOf(text));
  expect(await told('steps:\r\n  - run: a\r\n    neds: []\r\n')).toBe(
    'savepoint.yml:3:5 unknown key "neds", did you mean "needs"? [unknown-key]\n  3 |     neds: []\n    |     ^^^^',
  );
});

test('the mark ends before a Windows line end', async () => {
  expect(await told('steps:\r\n  - run: "a\r\n')).toContain('  2 |   - run: "a\n    |          ^^');
});

test.each([
  ['brackets', '['.repeat(100_000)],
  ['list items', '- '.repeat(100_000)],
  ['keys', lines(1000, (index) => `${' '.repeat(index)}a:\n`)],
  ['question marks', '? '.repeat(100_000)],
])('nesting without end is refused: %s', async (_, text) => {
  expect(await told(text)).toContain('[too-deep]');
});

test('a chain of aliases that nests too deep is refused', async () => {
  const text = `a0: &a0 [x]\n${lines(1000, (index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`)}`;
  expect(await told(text)).toContain('[too-many-aliases]');
});

test('a hundred thousand uses of one alias are refused', async () => {
  expect(await told(`x: &x a\nsteps:\n${'  - *x\n'.repeat(100_001)}`)).toContain('[too-many-aliases]');
});

test('an alias names the anchor last set before it, in a long list too', async () => {
  const text = `steps:\n${lines(100, (index) => `  - run: &a s${index}\n  - run: *a\n`)}`;
  const steps = await stepsOf(text);
  const runs = steps.map((step) => (step.kind === 'script' ? step.run : ''));
  expect(runs).toEqual(Array.from({ length: 200 }, (_, index) => `s${Math.floor(index / 2)}`));
});

test('a file with thousands of mistakes lists a thousand', async () => {
  const result = await read(`steps:\n${'  - 5\n'.repeat(5000)}`);
  const diagnostics = result.ok ? [] : result.error;
  expect(diagnostics).toHaveLength(1001);
  expect(diagnostics.at(-1)).toEqual({
    code: 'too-many-mistakes',
    message: 'there are more mistakes; only 1000 are listed',
  });
});

test('the mistakes of an aliased step are told once', async () => {
  expect((await told('steps:\n  - &a {run: x, timeot: 1s}\n  - *a\n')).match(/unknown-key/g)).toHaveLength(1);
});

test('a cycle of ten thousand steps is told once, by its beginning', async () => {
  const text = `steps:\n${lines(10_000, (index) => `  - {id: s${index}, needs: s${(index + 1) % 10_000}, run: a}\n`)}`;
  const result = await read(text);
  expect(result.ok ? [] : result.error).toEqual([
    expect.objectContaining({ code: 'cycle', message: expect.stringContaining('"s0" needs "s1" needs') as string }),
  ]);
});

test('ten thousand steps that read steps before them are read', async () => {
  const step = (index: number): string =>
    `  - id: s${index}\n    run: a\n${index === 0 ? '' : `    if: steps.s${(index * 7919) % index}.outcome == 'success'\n`}`;
  const steps = await stepsOf(`steps:\n${lines(10_000, step)}`);
  expect(steps).toHaveLength(10_000);
  expect(steps.map(({ needs }) => needs[0])).toEqual([undefined, ...Array(9999).keys()]);
});

test('ten thousand steps in one parallel list share their name and get ids of their own', async () => {
  const [group] = await stepsOf(`steps:\n  - parallel:\n${lines(10_000, () => `      - {name: Same name, run: a}\n`)}`);
  const ids = group !== undefined && isContainer(group) ? group.steps.map(({ id }) => id) : [];
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.slice(0, 3)).toEqual(['same-name', 'same-name-2', 'same-name-3']);
});

test('each step knows the line it begins in', async () => {
  const steps = await stepsOf('# first\nsteps:\n  - run: a\n\n  -\n    run: b\n  - {run: c}\n');
  expect(steps.map(({ line }) => line)).toEqual([3, 6, 7]);
});

test.each([
  ['.github/pipeline.yml', 'pipeline'],
  ['C:\\work\\release.yaml', 'release'],
  ['deploy', 'deploy'],
  ['.hidden', '.hidden'],
])('the name of %s is %s when it gives none', async (file, name) => {
  const result = await readPipeline({ file, bytes: Buffer.from('steps: [{run: a}]') });
  expect(result.ok && result.value.name).toBe(name);
});

test.each(goldens('language/good'))('a pipeline is plain data and holds nothing else: $name', async ({ input }) => {
  const result = await read(input);
  const pipeline = result.ok ? result.value : undefined;
  expect(structuredClone(pipeline)).toEqual(pipeline);
  expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
});

test.each(goldens('language/bad'))(
  'a damaged file never breaks the reader, and places stay inside it: $name',
  async ({ input }) => {
    const random = new Random(input.length);
    for (let turn = 0; turn < 20; turn += 1) {
      const text = damage(input, random);
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
] as const;

const damage = (text: string, random: Random): string => {
  const at = random.below(text.length + 1);
  const until = Math.min(text.length, at + random.below(6));
  return `${text.slice(0, at)}${random.below(3) === 0 ? '' : random.pick(PIECES)}${text.slice(until)}`;
};
