import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/stable-json.js';
import type { Check } from '../../../src/language/model/pipeline.js';
import { listScope, scopeAt, type ValueSource } from '../../../src/evaluate/context/step-context.js';
import { checkProduced, type Expected } from '../../../src/run/process/expect.js';
import { createMemoryFiles } from '../../plan/memory-files.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { stepRecord } from '../../plan/step-record.js';

const { steps } = pipeline([script('build')]);

type Given = {
  readonly outputs?: Readonly<Record<string, Json>>;
  readonly files?: Readonly<Record<string, string>>;
  /** A failure upstream, for which an implied `success()` would be false. */
  readonly hasFailed?: true;
};

/** What checks of the step `build`, which succeeded, come to. */
const check = (checks: readonly Check[], { outputs = {}, files = {}, hasFailed }: Given = {}): Promise<Expected> => {
  const live: ValueSource = {
    side: 'live',
    record: (path) => (path === 'build' ? stepRecord({ path: 'build', outputs }) : undefined),
    outputs: (record) => record.outputs,
    inputs: { folder: 'dist' },
    run: { id: 'r1', attempt: 1, resumed: false },
    facts: { github: {}, runner: {}, matrix: {} },
    hashFiles: () => '',
  };
  const status = { success: hasFailed !== true, failure: hasFailed === true };
  const scope = scopeAt({ list: listScope('', steps), env: () => ({}), status }, live);
  return checkProduced(checks, { path: 'build', scope }, { files: createMemoryFiles(files), live });
};

const output = (name: string, matches: string, level: Check['level'] = 'error'): Check => ({
  kind: 'output',
  level,
  name,
  matches,
});
const that = (condition: string, level: Check['level'] = 'error'): Check => ({ kind: 'that', level, condition });
const file = (path: string, level: Check['level'] = 'error'): Check => ({ kind: 'files', level, path, minCount: 1 });

test('a step without checks passes', async () => {
  expect(await check([])).toEqual({ warnings: [] });
});

describe('an output', () => {
  test.each<[string, Json, string, boolean]>([
    ['a text', 'v12', '^v\\d+$', true],
    ['a text', 'x12', '^v\\d+$', false],
    ['a line of a text', 'first\nv12', '^v\\d+$', true],
    ['a number, as text', 12, '^12$', true],
    ['a list, as JSON', ['a', 1], '^\\["a",1\\]$', true],
    ['null, as the empty text', null, '^$', true],
  ])('is matched as %s: %j by %s: %s', async (...[, version, matches, holds]) => {
    const error = `expect: output "version" does not match ${matches}`;
    expect(await check([output('version', matches)], { outputs: { version } })).toEqual({
      warnings: [],
      ...(!holds && { error }),
    });
  });

  test('is found whatever the case of its name', async () => {
    expect(await check([output('version', '1')], { outputs: { VERSION: '1' } })).toEqual({ warnings: [] });
  });

  test('that is not there does not match, not even nothing', async () => {
    const { error } = await check([output('version', '')], { outputs: { other: '1' } });
    expect(error).toBe('expect: there is no output "version"');
  });
});

describe('an expression', () => {
  test('sees the step itself', async () => {
    const outputs = { n: 4 };
    expect(await check([that("steps.build.outputs.n > 3 && steps.build.outcome == 'success'")], { outputs })).toEqual({
      warnings: [],
    });
  });

  test('that does not hold is shown, on one line', async () => {
    const { error } = await check([that('steps.build.outputs.n\n  > 3')], { outputs: { n: 3 } });
    expect(error).toBe('expect: does not hold: steps.build.outputs.n > 3');
  });

  test('is one with or without its signs', async () => {
    const { error } = await check([that('${{ false }}'), that('${{ true }}')]);
    expect(error).toBe('expect: does not hold: ${{ false }}');
  });

  test('holds by itself: no success() is implied', async () => {
    expect(await check([that('true')], { hasFailed: true })).toEqual({ warnings: [] });
  });

  test('that raises is an error, even where it would only warn', async () => {
    const { error, warnings } = await check([that("fromJSON('{')", 'warning')]);
    expect(error).toBe(`expect: fromJSON() was given a text that is not JSON in "fromJSON('{')"`);
    expect(warnings).toEqual([]);
  });
});

test('files are looked for where the template says', async () => {
  const checks = [file('${{ inputs.folder }}/x')];
  expect(await check(checks, { files: { 'dist/x': '' } })).toEqual({ warnings: [] });
  expect((await check(checks)).error).toBe('expect: dist/x: found 0 files, expected at least 1');
});

test('all checks are looked at: failures on one line, warnings one line each', async () => {
  const checks = [file('a', 'warning'), file('b'), that('false', 'warning'), output('c', 'x')];
  expect(await check(checks)).toEqual({
    error: 'expect: b: found 0 files, expected at least 1; there is no output "c"',
    warnings: ['expect: a: found 0 files, expected at least 1', 'expect: does not hold: false'],
  });
});
