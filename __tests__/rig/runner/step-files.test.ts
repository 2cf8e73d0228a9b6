import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newTempFolder } from '../../machine/temp-folder.js';
import { createMasks } from './masks.js';
import { makeStepFiles, type StepFiles, type Told } from './step-files.js';
import { StepLog } from './step-log.js';

const told = (write: (paths: StepFiles['paths']) => void): { readonly told: Told; readonly log: StepLog } => {
  using folder = newTempFolder();
  const files = makeStepFiles(folder.path);
  const masks = createMasks(['secret']);
  const log = new StepLog({ masks, debug: false });
  write(files.paths);
  return { told: files.process(log, masks), log };
};

test('outputs, variables and state are names with values of one line or more', () => {
  const { told: all } = told(({ output, env, state }) => {
    writeFileSync(output, 'a=1\n\nb<<END\nfirst=1\n<<second\nEND\nc=x<<y\nempty=\n');
    writeFileSync(env, 'A=1\n');
    writeFileSync(state, 'a=2\r\n');
  });
  expect([...all.outputs]).toEqual([
    ['a', '1'],
    ['b', 'first=1\n<<second'],
    ['c', 'x<<y'],
    ['empty', ''],
  ]);
  expect([...all.env]).toEqual([['A', '1']]);
  expect([...all.state]).toEqual([['a', '2\r']]);
});

test.each(['text', 'a<<END\nvalue\n', 'a<<\n', '<<END\nEND\n', '=1'])('a broken file fails the step: %j', (text) => {
  const { told: all, log } = told(({ output }) => writeFileSync(output, text));
  expect(log.hasFailed).toBe(true);
  expect(log.annotations[0]?.message).toContain("Unable to process file command 'output'");
  expect([...all.outputs]).toEqual([]);
});

test('NODE_OPTIONS cannot be set', () => {
  const { told: all, log } = told(({ env }) => writeFileSync(env, 'A=1\nnode_options=--inspect\n'));
  expect([...all.env]).toEqual([['A', '1']]);
  expect(log.annotations).toMatchObject([{ kind: 'error' }]);
});

test('folders for the search path come in the order written', () => {
  expect(told(({ path }) => writeFileSync(path, '/a\n\n/b\r\n')).told.path).toEqual(['/a', '/b']);
});

test('a summary hides secrets, and one over 1 MiB is dropped', () => {
  expect(told((paths) => writeFileSync(paths.step_summary, 'a secret')).told.summary).toBe('a ***');
  const { told: all, log } = told((paths) => writeFileSync(paths.step_summary, 'x'.repeat(1024 * 1024 + 1)));
  expect(all.summary).toBe('');
  expect(log.annotations).toMatchObject([{ kind: 'error' }]);
  expect(log.hasFailed).toBe(false);
});

test('a file that the step removed says nothing', () => {
  const { told: all, log } = told(({ output, step_summary }) => [output, step_summary].forEach((path) => rmSync(path)));
  expect([...all.outputs, all.summary]).toEqual(['']);
  expect(log.hasFailed).toBe(false);
});
