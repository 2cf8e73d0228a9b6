import { describe, expect, test } from 'vitest';
import { calledBy, isContainer, isProcessKind, listsIn, stepPath } from '../../../src/language/model/pipeline.js';
import { readFiles } from '../many-files.js';
import { stepsOf } from '../reading.js';
import { quote, shorten } from '../../../src/language/model/quote.js';
import { suggestId } from '../../../src/language/model/suggest-id.js';
import { calledPipelines, writtenSteps } from '../../../src/language/model/written-steps.js';

describe('pipeline', () => {
  test('steps with steps inside are containers, and paths name the way to a step', async () => {
    const steps = await stepsOf(
      'steps: [{id: a, run: a}, {id: b, steps: [{id: c, run: c}]}, {id: d, parallel: [{run: e}]}]',
    );
    expect(steps.map((step) => isContainer(step))).toEqual([false, true, true]);
    expect(steps.map((step) => stepPath('', step))).toEqual(['a', 'b', 'd']);
    expect(
      steps.flatMap((step) => listsIn(step).flatMap((list) => list.map((each) => stepPath(step.id, each)))),
    ).toEqual(['b/c', 'd/step-1']);
  });

  test('every step starts processes or holds steps', async () => {
    const steps = await stepsOf('steps: [{run: a}, {commands: [b]}, {steps: [{run: c}]}, {for_each: [1], run: d}]');
    expect(steps.map(({ kind }) => isProcessKind(kind))).toEqual([true, true, false, false]);
  });

  test('the steps of a called file are not written in the call', async () => {
    const read = await readFiles({
      'savepoint.yml': 'steps: [{pipeline: a.yml, finally: [{id: b, run: b}]}]',
      'a.yml': 'steps: [{id: a, run: a}]',
    });
    const [call] = read.ok ? read.value.steps : [];
    expect(call && listsIn(call).flatMap((list) => list.map(({ id }) => id))).toEqual(['b']);
    expect(call && calledBy(call)?.file).toBe('a.yml');
  });
});

describe('quote', () => {
  test('a quoted text stands on one line', () => {
    expect(quote('a\n\t b')).toBe('"a b"');
  });

  test('a long text is cut', () => {
    expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…"`);
    expect(shorten('abcd', 4)).toBe('abcd');
    expect(shorten('abcde', 4)).toBe('abc…');
  });

  test('no character is cut in two', () => {
    expect(shorten('ab😀cd', 4)).toBe('ab…');
  });
});

describe('suggest id', () => {
  test('a close id is suggested', () => {
    expect(suggestId('biuld', ['test', 'build'])).toBe(', did you mean "build"?');
    expect(suggestId('deploy', ['test', 'build'])).toBe('');
  });

  test('only so many ids are compared', () => {
    const many = Array.from({ length: 500 }, (_, index) => `other-${index}-step`);
    expect(suggestId('biuld', [...many, 'build'])).toBe('');
  });
});

describe('written steps', () => {
  const FILES = {
    'savepoint.yml': `
steps:
  - {id: a, run: a, finally: [{id: b, run: b}]}
  - id: c
    parallel: [{id: d, commands: [d]}, {id: e, steps: [{id: f, pipeline: two.yml, on_failure: [{id: g, run: g}]}]}]
  - {id: h, if: always(), then: [{id: i, run: i}], else: [{id: j, pipeline: one.yml}]}
  - {id: k, for_each: [1], run: k}
on_success: [{id: l, run: l}]
`,
    'one.yml': 'steps: [{pipeline: two.yml}, {run: x}]',
    'two.yml': 'steps: [{pipeline: three.yml}]',
    'three.yml': 'steps: [{run: x}]',
  };

  test('the steps written in a file are all its steps, including fallbacks, and none of called files', async () => {
    const result = await readFiles(FILES);
    const ids = result.ok ? [...writtenSteps(result.value)].map(({ id }) => id) : result.error;
    expect(ids).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'k', 'l']);
  });

  test('the pipelines that are called are each met once', async () => {
    const result = await readFiles(FILES);
    expect(result.ok && calledPipelines(result.value).map(({ file }) => file)).toEqual([
      'two.yml',
      'one.yml',
      'three.yml',
    ]);
  });
});
