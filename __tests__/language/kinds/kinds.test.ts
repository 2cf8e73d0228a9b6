import { describe, expect, test } from 'vitest';
import { CONTAINER } from '../../../src/language/kinds/container.js';
import { mistakesIn, stepsOf } from '../reading.js';

describe('container', () => {
  test('the outputs of a container are those that it declares', async () => {
    const [group] = await stepsOf('steps: [{steps: [{id: a, run: a}], outputs: {x: "${{ steps.a.outputs.y }}"}}]');
    expect(group).toMatchObject({ outputs: { x: '${{ steps.a.outputs.y }}' } });
    expect(group?.kind === 'group' && CONTAINER.declaredOutputs(group)).toEqual({
      names: ['x'],
      where: 'its "outputs"',
    });
  });

  test('its checks can look at no other output', async () => {
    expect(
      await mistakesIn('steps: [{steps: [{run: a}], outputs: {x: "1"}, expect: {output: y, matches: a}}]'),
    ).toEqual([expect.stringContaining('[unknown-output]')]);
  });
});

describe('groups', () => {
  test('steps of a group run in order, those of a parallel group at the same time', async () => {
    const [group, parallel] = await stepsOf('steps: [{steps: [{run: a}, {run: b}]}, {parallel: [{run: a}, {run: b}]}]');
    expect(group).toMatchObject({ kind: 'group', steps: [{ needs: [] }, { needs: [0] }] });
    expect(parallel).toMatchObject({ kind: 'parallel', steps: [{ needs: [] }, { needs: [] }] });
  });

  test('outputs see the steps inside, and not what the container needs', async () => {
    const file = (value: string): string =>
      `steps: [{id: a, run: a}, {steps: [{id: b, run: b}], outputs: {x: "\${{ ${value} }}"}}]`;
    expect(await mistakesIn(file('steps.b.outcome && steps.a.outcome'))).toEqual([]);
    expect(await mistakesIn(file('needs.a.result'))).toEqual([expect.stringContaining('[misplaced-context]')]);
  });
});

describe('loop', () => {
  const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

  test('a loop asks before or after each iteration, and stops at ten unless it says otherwise', async () => {
    const steps = 'steps: [{id: a, run: a}]';
    expect(await step(`while: "steps.a.outcome != 'success'", ${steps}`)).toMatchObject({
      kind: 'loop',
      asks: 'before',
      condition: "steps.a.outcome != 'success'",
      maxIterations: 10,
      steps: [{ id: 'a' }],
    });
    expect(await step(`do_while: true, max_iterations: 3, ${steps}`)).toMatchObject({
      asks: 'after',
      condition: 'true',
      maxIterations: 3,
    });
  });

  test('its condition sees its steps and those before it, and not itself', async () => {
    const file = (id: string): string =>
      `steps: [{id: before, run: a}, {id: loop, while: steps.${id}.outcome, steps: [{id: a, run: a}, {id: b, run: b}]}, {id: later, run: c}]`;
    expect(await mistakesIn(file('b'))).toEqual([]);
    expect(await mistakesIn(file('before'))).toEqual([]);
    expect(await mistakesIn(file('loop'))).toEqual([expect.stringContaining('[not-upstream]')]);
    expect(await mistakesIn(file('later'))).toEqual([expect.stringContaining('[not-upstream]')]);
  });
});

describe('processes', () => {
  const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

  test('commands stop at the first that fails unless they continue', async () => {
    expect(await step('commands: [a, b]')).toMatchObject({ kind: 'commands', commands: ['a', 'b'], mode: 'stop' });
    expect(await step('commands: [a], mode: continue')).toHaveProperty('mode', 'continue');
  });

  test('what a step prints is its outputs only where it says so', async () => {
    expect(await step('run: a, output_format: json')).toHaveProperty('outputFormat', 'json');
    expect(await step('run: a')).not.toHaveProperty('outputFormat');
  });

  test('a process has ten seconds to end unless it says otherwise', async () => {
    expect(await step('run: a')).toHaveProperty('killGraceMs', 10_000);
    expect(await step('run: a, kill_grace: 1m')).toHaveProperty('killGraceMs', 60_000);
  });
});

describe('read step list', () => {
  test('the kind of a step is what its key says', async () => {
    const steps = await stepsOf('steps: [{run: a}, {commands: [a]}, {steps: [{run: a}]}, {parallel: [{run: a}]}]');
    expect(steps.map(({ kind }) => kind)).toEqual(['script', 'commands', 'group', 'parallel']);
  });

  test('a broken step keeps its place, so that no other mistake follows from it', async () => {
    expect(await mistakesIn('steps: [{id: a, run: x}, 5, {id: c, needs: [a, step-2], run: y}]')).toEqual([
      expect.stringContaining('[wrong-type]'),
    ]);
  });

  test('the same mutex may stand on a group and beside it, but not inside it', async () => {
    expect(await mistakesIn('steps: [{mutex: m, steps: [{run: a}]}, {mutex: m, run: b}]')).toEqual([]);
    expect(await mistakesIn('steps: [{mutex: m, steps: [{steps: [{run: a, mutex: m}]}]}]')).toEqual([
      expect.stringContaining('[nested-mutex]'),
    ]);
  });
});
