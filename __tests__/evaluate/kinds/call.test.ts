import { describe, expect, test } from 'vitest';
import type { CallStep, InputSpec } from '../../../src/language/model/pipeline.js';
import { calledList, callInputs, recordedCallInputs } from '../../../src/evaluate/kinds/call.js';
import { call, pipeline, script } from '../../plan/pipeline-builder.js';
import { scopeOf } from '../../plan/scope-of.js';

const inputs: readonly InputSpec[] = [
  { name: 'count', type: 'number', required: true },
  { name: 'channel', type: 'string', required: false, default: 'beta', enum: ['beta', 'stable'] },
];
const called = pipeline([script('s')], { file: 'other.yml', inputs });
const giving = (given: Readonly<Record<string, string>>): CallStep => {
  const { step } = call('c', called, { with: given });
  if (step.kind !== 'pipeline') throw new Error('a call');
  return step;
};
const scope = scopeOf({ inputs: { n: 3, text: 'three' } });

describe('the inputs of a call', () => {
  test('are evaluated, checked and completed', () => {
    const value = { inputs: { count: 3, channel: 'beta' }, defaults: {} };
    expect(callInputs(giving({ count: '${{ inputs.n }}' }), scope)).toEqual({ ok: true, value });
    expect(callInputs(giving({ count: '3', channel: 'stable' }), scope)).toMatchObject({
      value: { inputs: { channel: 'stable' } },
    });
  });

  test('are refused by name', () => {
    const wrong = callInputs(giving({ count: '${{ inputs.text }}', channel: 'other' }), scope);
    expect(wrong).toEqual({ ok: false, error: expect.stringMatching(/"count" must be a number.*"channel"/) as string });
    const raising = callInputs(giving({ count: "${{ fromJSON('{') }}" }), scope);
    expect(raising).toEqual({ ok: false, error: expect.stringMatching(/^with\.count: /) as string });
  });

  test('may hold a stand-in that does not fit, where they are only compared', () => {
    const recorded = recordedCallInputs(giving({ count: '${{ env.SECRET }}' }), scopeOf({ env: { SECRET: '***' } }));
    expect(recorded).toEqual({ ok: true, value: { inputs: { count: '***', channel: 'beta' }, defaults: {} } });
  });

  test('come with the shell and the working directory of the call, evaluated where it stands', () => {
    const step = { ...giving({ count: '3' }), shell: 'sh', workingDirectory: 'app/${{ inputs.text }}' };
    const defaults = { shell: 'sh', workingDirectory: 'app/three' };
    expect(callInputs(step, scope)).toMatchObject({ value: { defaults } });
    expect(recordedCallInputs(step, scope)).toMatchObject({ value: { defaults } });
    const broken = { ...step, workingDirectory: "${{ fromJSON('{') }}" };
    expect(callInputs(broken, scope)).toEqual({
      ok: false,
      error: expect.stringMatching(/^working_directory: /) as string,
    });
  });
});

test('a called list has nothing around it but its inputs', () => {
  const list = calledList(giving({}), 'g/c', {
    live: { inputs: { count: 1 }, defaults: { shell: 'sh' } },
    recorded: { inputs: { count: '***' }, defaults: { shell: 'sh' } },
  });
  expect(list).toMatchObject({
    path: 'g/c',
    bindings: { live: { inputs: { count: 1 } }, recorded: { inputs: { count: '***' } } },
  });
  expect(list.parent).toBeUndefined();
});
