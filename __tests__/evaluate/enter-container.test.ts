import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import { isContainer, type ContainerStep } from '../../src/language/model/pipeline.js';
import { createFlattener, flattenFrame } from '../../src/evaluate/context/export-frame.js';
import { topSite, type Site } from '../../src/evaluate/context/site.js';
import { listScope, type ValueSource } from '../../src/evaluate/context/step-context.js';
import { enterContainer, innerSite, type EnteredContainer, type ItemSite } from '../../src/evaluate/enter-container.js';
import { recordedSource } from '../../src/evaluate/recorded-source.js';
import { branch, call, fanOut, group, pipeline, script, type LooseStep } from '../plan/pipeline-builder.js';

const live: ValueSource = {
  side: 'live',
  record: () => undefined,
  outputs: ({ outputs }) => outputs,
  inputs: { channel: 'beta' },
  run: { id: 'r1', attempt: 2, resumed: true },
  facts: { github: {}, runner: {}, matrix: null },
  hashFiles: () => '',
};
const sources = { live, recorded: recordedSource(live, ['TOKEN']), flatten: createFlattener() };

const containerOf = ({ step }: LooseStep): ContainerStep => {
  if (!isContainer(step)) throw new Error('a container');
  return step;
};

const enter = (loose: LooseStep): EnteredContainer<Site> => {
  const step = containerOf(loose);
  const top = topSite(pipeline([], { secrets: ['TOKEN'] }), { TOKEN: 'hunter2' });
  return enterContainer(step, { ...top, list: listScope('', [step]), values: 'outer' }, { sources });
};

const recordedEnv = ({ inner }: EnteredContainer<Site>): Readonly<Record<string, string>> =>
  flattenFrame(inner.frames.recorded).env;

describe('what a container depends on', () => {
  test('is its env, which its steps take over', () => {
    const entered = enter(group('g', [script('x')], { env: { CH: '${{ inputs.channel }}' } }));
    expect(recordedEnv(entered)).toEqual({ TOKEN: '***', CH: 'beta' });
    expect([entered.site.env, entered.values]).toEqual([entered.inner.env, 'outer']);
    expect(entered.site.env).not.toBe('');
    expect(entered.declared).toEqual([{ CH: 'beta' }]);
  });

  test('is what its expression reads, which does not concern its steps', () => {
    const entered = enter(branch('b', { condition: "inputs.channel == 'beta'", then: [] }));
    expect(entered.values).not.toBe('outer');
    expect(entered.inner.values).toBe('outer');
  });

  test('is for a call what it gives, which its steps see', () => {
    const inputs = [{ name: 'to', type: 'string', required: true }] as const;
    const called = pipeline([script('s')], { inputs, env: { TO: '${{ inputs.to }}' } });
    const giving = (to: string): EnteredContainer<Site> => enter(call('c', called, { with: { to } }));
    const entered = giving('${{ inputs.channel }}');
    expect(recordedEnv(entered)).toMatchObject({ TO: 'beta' });
    expect(entered.inner.list.bindings?.recorded).toEqual({ inputs: { to: 'beta' } });
    expect(entered.inner.values).toBe(entered.values);
    expect(entered.declared).toEqual([{}, { TO: 'beta' }]);
    expect(giving('stable').values).not.toBe(entered.values);
  });

  test('is evaluated with the secrets that are known', () => {
    expect(enter(group('g', [])).scopes.live.context('env', ['TOKEN'])).toMatchObject({ TOKEN: 'hunter2' });
  });

  test.each([
    ['env.A: ', group('g', [], { env: { A: "${{ fromJSON('{') }}" } })],
    ['with.to: ', call('c', pipeline([]), { with: { to: "${{ fromJSON('{') }}" } })],
    ['env.B: ', call('c', pipeline([], { env: { B: "${{ fromJSON('{') }}" } }))],
  ])('has a problem where something has no value: %s', (problem, step) => {
    expect(enter(step).problems.live).toMatch(problem);
    expect(enter(step).problems.recorded).toMatch(problem);
    expect(enter(group('g', [])).problems).toEqual({});
  });
});

describe('the list inside a container', () => {
  test('stands below it, in its env', () => {
    const step = branch('b', { condition: 'true', then: [script('x')] }, { env: { A: '1' } });
    const entered = enter(step);
    const site = innerSite(containerOf(step), entered, { choice: { kind: 'arm', arm: 'then' } });
    expect([site.list.path, site.list.steps.map(({ id }) => id)]).toEqual(['b/then', ['x']]);
    expect(site.list.parent?.path).toBe('');
    expect(site.env).toBe(entered.site.env);
  });

  test('is empty before it has chosen', () => {
    const step = branch('b', { condition: 'true', then: [script('x')] });
    expect(innerSite(containerOf(step), enter(step), { choice: undefined }).list.steps).toEqual([]);
  });

  const itemsOf = (recorded: readonly Json[], seen?: readonly Json[]): readonly ItemSite[] => {
    const step = fanOut('f', { items: [], body: [script('x')] });
    const choice = { kind: 'items', items: recorded, isWithheld: false } as const;
    return innerSite(containerOf(step), enter(step), { choice, ...(seen !== undefined && { live: seen }) }).items ?? [];
  };

  test('has each item with its index, for steps as it is and for fingerprints as it is stored', () => {
    const [, second] = itemsOf(['a', '***'], ['a', 'secret']);
    expect(second?.list.bindings).toEqual({
      live: { item: 'secret', index: 1 },
      recorded: { item: '***', index: 1 },
    });
  });

  test('gives an item a digest of what is around it and what is stored, not of its index', () => {
    const [a, b, again] = itemsOf(['a', 'b', 'a'], ['x', 'x', 'x']).map(({ values }) => values);
    expect(a).toBe(again);
    expect(a).not.toBe(b);
    const step = containerOf(fanOut('f', { items: [], body: [script('x')] }));
    const entered = enter(fanOut('f', { items: [], body: [script('x')] }));
    const elsewhere = { ...entered, inner: { ...entered.inner, values: 'other' } };
    const [other] =
      innerSite(step, elsewhere, {
        choice: { kind: 'items', items: ['a'], isWithheld: false },
      }).items ?? [];
    expect(other?.values).not.toBe(a);
  });
});
