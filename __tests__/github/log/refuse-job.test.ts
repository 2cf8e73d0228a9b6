import { expect, test } from 'vitest';
import { ok } from '../../../src/base/result.js';
import { createActionDisplay } from '../../../src/github/log/action-display.js';
import { refuseInputs, refuseMistakes, refuseRun } from '../../../src/github/log/refuse-job.js';
import { readPipeline, type LoadFile } from '../../../src/language/read-pipeline.js';
import { errorOf, newTempFolder } from '../../machine/temp-folder.js';
import { withEnv } from '../with-env.js';
import { newMemoryLog } from '../memory-log.js';

/** The log of a refusal, after a check that its exit code and outputs are the usual ones. */
const said = async (refuse: (display: ReturnType<typeof createActionDisplay>) => number): Promise<string> => {
  using temp = newTempFolder();
  const log = newMemoryLog();
  const env = { GITHUB_OUTPUT: temp.write('outputs', '') };
  expect(await withEnv(env, () => refuse(createActionDisplay(log, 'token')))).toBe(1);
  expect(temp.read('outputs')).toMatch(/outcome<<(\S+)\nfailed\n\1/);
  expect(temp.read('outputs')).toMatch(/checkpoint<<(\S+)\nnone\n\1/);
  return log.text();
};

test('wrong inputs are reported together, one alone is the verdict', async () => {
  expect(await said((display) => refuseInputs(['input "a" is bad', 'input "b" too'], display))).toBe(
    [
      '::error::2 mistakes in the inputs of this step, nothing was run\n',
      '::error::input "a" is bad\n::error::input "b" too\n',
    ].join(''),
  );
  expect(await said((display) => refuseInputs(['input "a" is bad'], display))).toBe('::error::input "a" is bad\n');
});

test('a refusal is the verdict', async () => {
  expect(await said((display) => refuseRun('the work directory is in use', display))).toBe(
    '::error::the work directory is in use\n',
  );
});

test('mistakes in the file are shown and annotated where they are, after the verdict', async () => {
  const source = { file: 'savepoint.yml', bytes: Buffer.from('steps:\n  - run: "true"\n    neds: [a]\n') };
  const mistakes = errorOf(await readPipeline(source));
  const text = await said((display) => refuseMistakes(mistakes, display));
  expect(text).toContain('savepoint.yml:3:5');
  const commands = text.split('\n').filter((line) => line.startsWith('::'));
  expect(commands[0]).toBe('::error::1 mistake in savepoint.yml, nothing was run');
  expect(commands[1]).toMatch(/^::error file=savepoint.yml,line=3,col=5::.*\[unknown-key\]$/);
});

test('mistakes in called files are annotated in those files', async () => {
  const texts: Record<string, string> = { 'b.yml': 'steps:\n  - rum: a\n' };
  const source = { file: 'savepoint.yml', bytes: Buffer.from('nam: x\nsteps:\n  - pipeline: ./b.yml\n') };
  const load: LoadFile = (file) => Promise.resolve(ok({ file, bytes: Buffer.from(texts[file] ?? '') }));
  const mistakes = errorOf(await readPipeline(source, load));
  const text = await said((display) => refuseMistakes(mistakes, display));
  const commands = text.split('\n').filter((line) => line.startsWith('::'));
  expect(commands[0]).toBe('::error::2 mistakes in savepoint.yml, b.yml, nothing was run');
  expect(commands[1]).toMatch(/^::error file=savepoint.yml,line=1,col=1::/);
  expect(commands[2]).toMatch(/^::error file=b.yml,line=2,col=5::/);
  expect(text).toContain('  2 |   - rum: a\n');
});

test('many files are counted', async () => {
  const mistakes = ['a', 'b', 'c', 'd'].map((file) => ({ code: 'some-code', message: 'no', file }));
  expect(await said((display) => refuseMistakes(mistakes, display))).toContain(
    '::error::4 mistakes in 4 files, nothing',
  );
});

test('mistakes that are in no file are reported in the verdict', async () => {
  const mistake = { code: 'unknown-input', message: 'unknown input "a"' } as const;
  expect(await said((display) => refuseMistakes([mistake], display))).toBe('::error::unknown input "a"\n');
});

test('where there is no pipeline file the checkout may be what is missing', async () => {
  const mistake = { code: 'file-not-found', message: 'there is no file "a"' } as const;
  expect(await said((display) => refuseMistakes([mistake], display))).toBe(
    '::error::there is no file "a"; does actions/checkout run before this step?\n',
  );
});
