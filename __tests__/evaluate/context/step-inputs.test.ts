import { describe, expect, test } from 'vitest';
import type { ScriptStep } from '../../../src/language/model/pipeline.js';
import type { StepScope } from '../../../src/evaluate/context/step-context.js';
import { evaluateEnv, evaluateInputs, evaluateText } from '../../../src/evaluate/context/step-inputs.js';
import { script, type StepDetails } from '../../plan/pipeline-builder.js';

const scope: StepScope = {
  context: (root) => (root === 'inputs' ? { name: 'app', count: 3, on: true, none: null, list: [1, 'b'] } : {}),
  functions: { success: () => true, failure: () => false, cancelled: () => false, hashFiles: () => '' },
  defaults: () => ({}),
};

const stepOf = (details: StepDetails): ScriptStep => {
  const { step } = script('s', details);
  if (step.kind !== 'script') throw new Error('not a script');
  return step;
};

describe('the inputs of a step', () => {
  test('are all its templates come to', () => {
    const step = stepOf({
      env: { NAME: '${{ inputs.name }}', PLAIN: 'plain' },
      workingDirectory: '${{ inputs.name }}/src',
      reads: ['${{ inputs.name }}/**', 'b'],
      writes: ['out/${{ inputs.name }}'],
    });
    expect(evaluateInputs(step, scope)).toEqual({
      ok: true,
      value: {
        env: { NAME: 'app', PLAIN: 'plain' },
        workingDirectory: 'app/src',
        reads: ['app/**', 'b'],
        writes: ['out/app'],
      },
    });
  });

  test('are few where it says nothing', () => {
    const value = { env: {}, shell: undefined, workingDirectory: undefined, reads: [], writes: [] };
    expect(evaluateInputs(stepOf({}), scope)).toEqual({ ok: true, value });
  });

  test('take the shell and working directory of a call where it says nothing else', () => {
    const called: StepScope = { ...scope, defaults: () => ({ shell: 'python', workingDirectory: '${{ app }}' }) };
    expect(evaluateInputs(stepOf({}), called)).toMatchObject({
      value: { shell: 'python', workingDirectory: '${{ app }}' },
    });
    const own = stepOf({ shell: 'sh', workingDirectory: 'here' });
    expect(evaluateInputs(own, called)).toMatchObject({ value: { shell: 'sh', workingDirectory: 'here' } });
  });

  const BROKEN = "${{ fromJSON('{') }}";
  test.each<[string, StepDetails, RegExp]>([
    ['env', { env: { A: 'a', B: BROKEN } }, /^env\.B: /],
    ['the working directory', { workingDirectory: BROKEN }, /^working_directory: /],
    ['reads', { reads: ['a', BROKEN] }, /^reads: /],
    ['writes', { writes: [BROKEN] }, /^writes: /],
  ])('name what has no value: %s', (_, details, error) => {
    expect(evaluateInputs(stepOf(details), scope)).toEqual({
      ok: false,
      error: expect.stringMatching(error) as string,
    });
  });
});

describe('env', () => {
  test('becomes text', () => {
    const env = { A: '${{ inputs.count }}', B: '${{ inputs.on }}', C: '${{ inputs.none }}', D: '${{ inputs.list }}' };
    expect(evaluateEnv(env, scope)).toEqual({ ok: true, value: { A: '3', B: 'true', C: '', D: '[1,"b"]' } });
  });

  test('without templates is given back as it is', () => {
    const env = { A: '1' };
    const value = evaluateEnv(env, scope);
    expect(value.ok && value.value).toBe(env);
  });

  test.each(['hunter2', '${{ inputs.name }}', "${{ fromJSON('{') }}"])('hides what the scope hides: %s', (value) => {
    const hiding = { ...scope, hidden: new Set(['TOKEN']) };
    expect(evaluateEnv({ TOKEN: value, B: 'b' }, hiding)).toEqual({ ok: true, value: { TOKEN: '***', B: 'b' } });
  });
});

test('a text with several expressions is put together', () => {
  expect(evaluateText('${{ inputs.name }}-${{ inputs.count }}', scope)).toEqual({ ok: true, value: 'app-3' });
  expect(evaluateText('no ${ template }', scope)).toEqual({ ok: true, value: 'no ${ template }' });
});
