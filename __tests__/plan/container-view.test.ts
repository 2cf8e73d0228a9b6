import { describe, expect, test } from 'vitest';
import { isContainer } from '../../src/language/model/pipeline.js';
import { viewContainer, type ContainerView } from '../../src/plan/container-view.js';
import { flattenFrame, withLayer } from '../../src/evaluate/export-frame.js';
import type { Planning } from '../../src/plan/planning.js';
import { recordedSource } from '../../src/evaluate/recorded-source.js';
import { listScope, type ValueSource } from '../../src/evaluate/step-context.js';
import { NO_SELECTION } from '../../src/plan/selection.js';
import { stateAfter } from '../state/told-run.js';
import { createMemoryFiles } from './memory-files.js';
import { branch, call, group, pipeline, script, type LooseStep } from './pipeline-builder.js';
import { LIST_BASE } from './step-record.js';

const live: ValueSource = {
  side: 'live',
  record: () => undefined,
  outputs: ({ outputs }) => outputs,
  inputs: { channel: 'beta' },
  run: { id: 'r1', attempt: 2, resumed: true },
  facts: { github: {}, runner: {}, matrix: null },
  hashFiles: () => '',
};
const planning: Planning = {
  last: stateAfter(),
  selection: NO_SELECTION,
  files: createMemoryFiles(),
  source: recordedSource(live, ['TOKEN']),
  live,
  secrets: { TOKEN: 'hunter2' },
  decisions: new Map(),
  choices: new Map(),
};

const view = ({ step }: LooseStep): ContainerView => {
  if (!isContainer(step)) throw new Error('a container');
  const frame = withLayer(LIST_BASE.frame, { env: { TOKEN: '***' }, path: [] });
  return viewContainer(step, { list: listScope('', [step]), base: { ...LIST_BASE, values: 'outer', frame } }, planning);
};

describe('what a container depends on', () => {
  test('is its env, which its steps take over', () => {
    const seen = view(group('g', [script('x')], { env: { CH: '${{ inputs.channel }}' } }));
    expect(flattenFrame(seen.inner.frame).env).toEqual({ TOKEN: '***', CH: 'beta' });
    expect(seen.own).toEqual({ env: seen.inner.env, values: 'outer' });
    expect(seen.own.env).not.toBe('');
  });

  test('is what its expression reads, which is no matter of its steps', () => {
    const seen = view(branch('b', { condition: "inputs.channel == 'beta'", then: [] }));
    expect(seen.own.values).not.toBe('outer');
    expect(seen.inner.values).toBe('outer');
  });

  test('is for a call what it gives, which its steps see', () => {
    const inputs = [{ name: 'to', type: 'string', required: true }] as const;
    const called = pipeline([script('s')], { inputs, env: { TO: '${{ inputs.to }}' } });
    const giving = (to: string): ContainerView => view(call('c', called, { with: { to } }));
    const seen = giving('${{ inputs.channel }}');
    expect(flattenFrame(seen.inner.frame).env).toMatchObject({ TO: 'beta' });
    expect(seen.called?.bindings?.recorded).toEqual({ inputs: { to: 'beta' } });
    expect(seen.inner.values).toBe(seen.own.values);
    expect(giving('stable').own.values).not.toBe(seen.own.values);
  });

  test('is evaluated with the secrets that are known', () => {
    expect(view(group('g', [])).live.context('env', ['TOKEN'])).toEqual({ TOKEN: 'hunter2' });
  });

  test.each([
    ['env.A: ', group('g', [], { env: { A: "${{ fromJSON('{') }}" } })],
    ['with.to: ', call('c', pipeline([]), { with: { to: "${{ fromJSON('{') }}" } })],
    ['env.B: ', call('c', pipeline([], { env: { B: "${{ fromJSON('{') }}" } }))],
  ])('has a problem where something has no value: %s', (problem, step) => {
    expect(view(step).problem).toMatch(problem);
    expect(view(group('g', [])).problem).toBeUndefined();
  });
});
