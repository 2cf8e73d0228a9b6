import { expect, test } from 'vitest';
import { createMasker } from '../../../src/base/mask.js';
import { ok } from '../../../src/base/result.js';
import type { Annotation, Stream } from '../../../src/run/context/ports.js';
import { createOutputTail } from '../../../src/run/process/output-tail.js';
import { createStepOutput, type KeptOutput, type StepOutputOptions } from '../../../src/run/process/step-output.js';

type Places = { readonly shown: (string | Annotation)[]; readonly stored: string[]; readonly kept: KeptOutput };
type Written = readonly [Stream, string | Buffer];

type Wanted = Partial<Pick<StepOutputOptions, 'capture' | 'tail' | 'stdout'>> & {
  readonly secrets?: readonly string[];
};

/** Writes and says what came where. */
const write = (written: readonly Written[], { secrets = [], capture = false, ...more }: Wanted = {}): Places => {
  const masker = createMasker();
  for (const secret of secrets) masker.add(secret);
  const shown: (string | Annotation)[] = [];
  const stored: string[] = [];
  const output = createStepOutput({
    masker,
    display: (chunk) => void shown.push(chunk.toString('latin1')),
    log: { write: (chunk) => void stored.push(chunk.toString('latin1')), close: () => ok(undefined) },
    annotation: (annotation) => void shown.push(annotation),
    capture,
    ...more,
  });
  const reused = Buffer.alloc(256 * 1024);
  for (const [stream, chunk] of written) {
    const length = Buffer.from(chunk).copy(reused);
    output.onOutput(stream, reused.subarray(0, length));
    reused.fill('~');
  }
  return { shown, stored, kept: output.end() };
};

const textOf = (shown: Places['shown']): string => shown.filter((one) => typeof one === 'string').join('');

test('output is shown and stored byte for byte', () => {
  const bytes = Buffer.from([0x61, 0xff, 0x00, 0x0a]);
  const { shown, stored } = write([['all', bytes]]);
  expect(shown).toEqual(['a\xff\0\n']);
  expect(stored).toEqual(['a\xff\0\n']);
});

test('the very chunk goes to display and log when there is nothing to find in it', () => {
  const [shown, stored]: [Buffer[], Buffer[]] = [[], []];
  const output = createStepOutput({
    masker: createMasker(),
    display: (chunk) => void shown.push(chunk),
    log: { write: (chunk) => void stored.push(chunk), close: () => ok(undefined) },
    annotation: () => {},
    capture: true,
  });
  const chunk = Buffer.from('output\n');
  output.onOutput('stdout', chunk);
  expect(shown[0]).toBe(chunk);
  expect(stored[0]).toBe(chunk);
});

test('a secret is nowhere, whatever the chunks', () => {
  const sites = write(
    [
      ['stdout', 'the hun'],
      ['stderr', 'hunt'],
      ['stdout', 'ter2\n'],
      ['stderr', 'er2\n'],
    ],
    { secrets: ['hunter2'], capture: true },
  );
  expect(textOf(sites.shown)).toBe('the ***\n***\n');
  expect(sites.kept).toEqual({ stdout: 'the ***\n', stderr: '***\n' });
  expect(JSON.stringify(sites)).not.toContain('hunt');
});

test('a secret named by add-mask is never seen: not in its line, not after it', () => {
  const sites = write(
    [
      ['stdout', 'a\n::add-m'],
      ['stdout', 'ask::s3cr'],
      ['stdout', 'et!\nb s3cret!\n'],
      ['stderr', 's3cret!\n'],
    ],
    { capture: true },
  );
  expect(sites.stored.join('')).toBe('a\nb ***\n***\n');
  expect(textOf(sites.shown)).toBe('a\nb ***\n***\n');
  expect(JSON.stringify(sites)).not.toContain('s3cr');
});

test('a command is shown in its place, masked, and stored as it was written, masked', () => {
  const { shown, stored, kept } = write([['stdout', 'a\n::error file=/home/hunter2/a.ts::no hunter2\nb\n']], {
    secrets: ['hunter2'],
    capture: true,
  });
  const error: Annotation = { kind: 'error', message: 'no ***', properties: { file: '/home/***/a.ts' } };
  expect(shown).toEqual(['a\n', error, 'b\n']);
  expect(stored.join('')).toBe('a\n::error file=/home/***/a.ts::no ***\nb\n');
  expect(kept.stdout).toBe(stored.join(''));
});

test('commands stopped on one stream are stopped on the other', () => {
  const { shown } = write([
    ['stdout', '::stop-commands::token\n'],
    ['stderr', '::error::text\n'],
  ]);
  expect(textOf(shown)).toBe('::stop-commands::token\n::error::text\n');
});

test('what waited for more is given on at the end', () => {
  const prompt = write([['all', 'password? hunt']], { secrets: ['hunter2'] });
  expect(prompt.shown).toEqual(['password? ', 'hunt']);
  expect(prompt.stored).toEqual(['password? ', 'hunt']);
  expect(write([['all', '::error::no line end']]).shown).toEqual([
    { kind: 'error', message: 'no line end', properties: {} },
  ]);
});

test('the last 64 KiB of each stream are kept when asked for', () => {
  const long = `${'é'.repeat(50_000)}x`;
  const written: readonly Written[] = [
    ['stdout', long],
    ['stderr', 'e'],
  ];
  const { kept } = write(written, { capture: true });
  expect(kept.stdout).toBe(`${'é'.repeat(32_767)}x`);
  expect(kept.stderr).toBe('e');
  expect(write(written).kept).toMatchObject({ stdout: '', stderr: '' });
});

test('a tail gets what the log gets, of all streams', () => {
  const tail = createOutputTail(1024);
  const written: readonly Written[] = [
    ['stdout', 'the hunter2\n'],
    ['stderr', 'the reason\n'],
  ];
  write(written, { secrets: ['hunter2'], tail });
  expect(tail.text()).toBe('the ***\nthe reason\n');
});

test('stdout can be had as it is, without workflow commands', () => {
  const plain: string[] = [];
  const written: readonly Written[] = [
    ['stdout', '::add-mask::hunter2\n{"token":'],
    ['stderr', 'noise\n'],
    ['stdout', '"hunter2"}\n::notice::done\n'],
  ];
  write(written, { stdout: (chunk) => void plain.push(chunk.toString()) });
  expect(plain.join('')).toBe('{"token":"hunter2"}\n');
});
