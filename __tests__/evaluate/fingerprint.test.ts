import { describe, expect, test } from 'vitest';
import { isContainer, type ContainerStep, type ProcessStep, type Step } from '../../src/language/model/pipeline.js';
import {
  changeBetween,
  containerFingerprint,
  identityOf,
  isKnown,
  neverBegan,
  processFingerprint,
  recordedIdentity,
  SKIPPED_IDENTITY,
} from '../../src/evaluate/fingerprint.js';
import type { StepInputs } from '../../src/evaluate/context/step-inputs.js';
import type { Fingerprint } from '../../src/state/event.js';
import type { StepRecord } from '../../src/state/run-state.js';
import { commands, group, parallel, script, type LooseStep } from '../plan/pipeline-builder.js';
import { stepRecord } from '../plan/step-record.js';

const INPUTS: StepInputs = { env: {}, shell: undefined, workingDirectory: undefined, reads: [], writes: [] };
const BASE = { env: 'outer', values: 'item', needs: 'upstream', reads: 'files' };

const processOf = ({ step }: LooseStep): ProcessStep => {
  if (isContainer(step)) throw new Error('not a process step');
  return step;
};
const containerOf = ({ step }: LooseStep): ContainerStep => {
  if (!isContainer(step)) throw new Error('not a container');
  return step;
};
const ofStep = (step: LooseStep, inputs: Partial<StepInputs> = {}): Fingerprint =>
  processFingerprint(processOf(step), { ...INPUTS, ...inputs }, BASE);

describe('the fingerprint of a step', () => {
  test('is made of parts that each say one thing', () => {
    const plain = ofStep(script('s'));
    expect(plain).toMatchObject({ directory: '', env: 'outer', values: 'item', reads: 'files', needs: 'upstream' });
    expect(ofStep(script('s'), { workingDirectory: 'app' })).toEqual({
      ...plain,
      directory: expect.any(String) as string,
    });
    expect(ofStep(script('s'), { env: { A: '1' } })).toEqual({
      ...plain,
      env: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect(ofStep(script('s', { run: 'other' }))).toEqual({ ...plain, definition: expect.any(String) as string });
  });

  test.each<[string, LooseStep, LooseStep]>([
    ['script and command of the same text', script('s', { run: 'a' }), commands('s', ['a'])],
    ['shell', script('s'), script('s', { shell: 'sh' })],
    ['one command and two', commands('s', ['a\nb']), commands('s', ['a', 'b'])],
  ])('tells apart: %s', (_, one, other) => {
    expect(ofStep(one).definition).not.toBe(ofStep(other).definition);
  });

  test('of a container tells kinds and outputs apart, not what it holds', () => {
    const of = (step: LooseStep): Fingerprint =>
      containerFingerprint(containerOf(step), { env: 'e', values: 'v', needs: 'n' });
    const plain = of(group('g', [script('a')]));
    expect(plain).toMatchObject({ directory: '', env: 'e', values: 'v', reads: '', needs: 'n' });
    expect(of(group('g', [script('b')], { timeoutMs: 1 }))).toEqual(plain);
    expect(of(parallel('g', [script('a')])).definition).not.toBe(plain.definition);
    expect(of(group('g', [script('a')], { outputs: { v: '1' } })).definition).not.toBe(plain.definition);
  });
});

describe('the digest', () => {
  test('of identity change with every part and every child', () => {
    const parts: Fingerprint = { definition: '1', directory: '2', env: '3', values: '', reads: '4', needs: '5' };
    const changed = (Object.keys(parts) as (keyof Fingerprint)[]).map((part) => identityOf({ ...parts, [part]: 'x' }));
    const all = [identityOf(parts), identityOf(parts, ['c']), identityOf(parts, ['c', 'd']), ...changed];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the recorded identity', () => {
  const nested = group('g', [script('a'), script('b')]).step;
  const recordsOf = (records: Readonly<Record<string, StepRecord>>) => (path: string) => records[path];
  const F: Fingerprint = { definition: 'f', directory: '', env: '', values: '', reads: '', needs: '' };

  test('of a container is that of its parts as they were recorded', () => {
    const records = recordsOf({ g: stepRecord({ fingerprint: F }), 'g/a': stepRecord({ fingerprint: F }) });
    expect(recordedIdentity(nested, 'g', records)).toBe(identityOf(F, [identityOf(F), SKIPPED_IDENTITY]));
  });

  test('of a step that only ran to be there again is that of before', () => {
    const before = stepRecord({ fingerprint: F });
    const again = stepRecord({ fingerprint: { ...F, definition: 'new' }, lastFinish: before });
    expect(recordedIdentity(script('a').step, 'a', recordsOf({ a: again }))).toBe(identityOf(F));
  });

  test.each<[string, Step, Readonly<Record<string, StepRecord>>]>([
    ['has no record', script('a').step, {}],
    [
      'was skipped',
      script('a').step,
      { a: { ...stepRecord({ status: 'skipped' }), fingerprint: { ...F, definition: '' } } },
    ],
    ['failed before it began', script('a').step, { a: stepRecord({ fingerprint: { ...F, definition: '' } }) }],
    ['is a container in which nothing began', nested, { a: stepRecord({ fingerprint: F }) }],
  ])('of a step that %s is that of nothing', (_, step, records) => {
    expect(recordedIdentity(step, 'a', recordsOf(records))).toBe(SKIPPED_IDENTITY);
    expect(neverBegan(step, 'a', recordsOf(records))).toBe(true);
  });
});

test('a fingerprint without a definition was not known', () => {
  expect(isKnown(undefined)).toBe(false);
  expect(isKnown({ definition: '', directory: '', env: '', values: '', reads: '', needs: '' })).toBe(false);
  expect(isKnown(ofStep(script('s')))).toBe(true);
});

test.each<[Partial<Fingerprint>, string | undefined]>([
  [{}, undefined],
  [{ definition: 'x', env: 'x', needs: 'x' }, 'its definition changed'],
  [{ directory: 'x', env: 'x' }, 'its working directory changed'],
  [{ env: 'x', reads: 'x' }, 'its env changed'],
  [{ reads: 'x', needs: 'x' }, 'a file it reads changed'],
  [{ needs: 'x' }, 'what it needs changed'],
])('the first part that differs gives the reason: %o', (parts, reason) => {
  const before: Fingerprint = { definition: '1', directory: '2', env: '3', values: '', reads: '4', needs: '5' };
  expect(changeBetween(before, { ...before, ...parts })).toBe(reason);
});
