import { describe, expect, test } from 'vitest';
import { unfinishedBefore } from '../../src/plan/start-point.js';
import { NO_CHOICES } from '../../src/plan/plan.js';
import { NO_SELECTION } from '../../src/plan/selection.js';
import { group, pipeline, script } from './pipeline-builder.js';
import { record, tryPlan, until, type Circumstances } from './recorded-run.js';

const steps = pipeline([
  script('a'),
  script('beside', { needs: [] }),
  group('g', [script('x'), script('y'), group('h', [script('z')])], { needs: ['a'] }),
  script('end', { needs: ['g'] }),
]);

const planFrom = async (from: string, failed: string): Promise<unknown> => {
  const act: Circumstances['act'] = (step) => ({ exit: step === failed ? 1 : 0 });
  const { events } = await record({ ...steps, failure: 'keep_going' }, { act });
  const plan = await tryPlan(steps, { after: events, selection: { from } });
  return plan.ok ? plan.value.decisions.get(from)?.because : plan.error;
};

const refusal = (from: string, before: string): string =>
  `cannot start from "${from}": "${before}" before it is not finished; resume without --from, or from there`;

describe('--from', () => {
  test.each([
    ['g', 'a', 'a'],
    ['g/y', 'a', 'a'],
    ['g/y', 'g/x', 'g/x'],
    ['g/h/z', 'g/x', 'g/x'],
    ['end', 'g/h/z', 'g'],
  ])('%s is refused when %s before it is not finished', async (from, failed, named) => {
    expect(await planFrom(from, failed)).toBe(refusal(from, named));
  });

  test.each([
    ['a', 'a'],
    ['g', 'beside'],
    ['g/y', 'beside'],
    ['g/x', 'g/y'],
    ['g', 'g/x'],
    ['a', 'end'],
  ])('%s is fine when only %s is not finished', async (from, failed) => {
    expect(await planFrom(from, failed)).toBe('asked for with --from');
  });

  test('is fine when what is before it only runs to be there again', async () => {
    const ready = pipeline([script('setup', { onResume: 'rerun' }), script('b'), script('c')]);
    const { events } = await record(ready);
    expect((await tryPlan(ready, { after: events, selection: { from: 'c' } })).ok).toBe(true);
  });

  test('is refused when the run was killed before it got there', async () => {
    const { events } = await record(steps);
    const left = until(events, (event) => event.type === 'step_started' && event.step === 'g/y');
    const plan = await tryPlan(steps, { after: left, selection: { from: 'end' } });
    expect(plan).toEqual({ ok: false, error: refusal('end', 'g') });
  });
});

test('without --from nothing is asked', () => {
  expect(unfinishedBefore(steps.steps, NO_SELECTION, { decisions: new Map(), choices: NO_CHOICES })).toBeUndefined();
});
