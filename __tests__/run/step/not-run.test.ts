import { describe, expect, test } from 'vitest';
import { group, pipeline, script } from '../../plan/pipeline-builder.js';
import { fails } from '../acts.js';
import { endingsOf, eventOf, runEngine, type Act } from '../engine.js';

describe('a step that is kept', () => {
  const file = pipeline([
    script('a'),
    script('b', { env: { SEEN: '${{ steps.a.outputs.x }} ${{ env.Y }} ${{ steps.a.outcome }}' } }),
  ]);
  const act = (step: string): Act => (step === 'a' ? { output: 'x=1\n', env: 'Y=2\n', path: '/made\n' } : { exit: 1 });

  test('is recorded as restored, with the reason, and does not run', async () => {
    const first = await runEngine(file, { act });
    const second = await runEngine(file, { after: first.journal.events });
    expect(second.started).toEqual(['b']);
    expect(second.journal.events.map(({ type }) => type)).toEqual([
      'run_resumed',
      'plan_made',
      'step_restored',
      'step_started',
      'attempt_started',
      'step_succeeded',
      'run_succeeded',
    ]);
    expect(eventOf(second.journal.events, 'step_restored')).toMatchObject({
      step: 'a',
      because: 'finished in attempt 1',
    });
  });

  test('hands on its outputs and exports', async () => {
    const first = await runEngine(file, { act });
    const second = await runEngine(file, { after: first.journal.events });
    expect(second.process('b').command.env).toMatchObject({ SEEN: '1 2 success', Y: '2', PATH: '/made:/bin' });
  });

  test('although its failure was tolerated holds nothing back and stays a warning', async () => {
    const tolerant = pipeline([script('a', { continueOnError: true }), script('b')]);
    const first = await runEngine(tolerant, { act: fails('a', 'b') });
    const second = await runEngine(tolerant, { after: first.journal.events });
    expect(second.started).toEqual(['b']);
    expect(eventOf(second.journal.events, 'run_succeeded').warnings).toEqual([
      '"a" failed and was tolerated: exit code 1',
    ]);
  });
});

test('a container that is kept restores the steps in it that had run, and hands on what they exported', async () => {
  const inner = group('h', [script('a'), script('skipped', { if: '1 == 2' })], {
    outputs: { x: '${{ steps.a.outputs.x }}' },
  });
  const file = pipeline([
    group('g', [inner], { outputs: { x: '${{ steps.h.outputs.x }}' } }),
    script('b', { env: { SEEN: '${{ steps.g.outputs.x }}' } }),
  ]);
  const first = await runEngine(file, {
    act: (step) => (step === 'b' ? { exit: 1 } : { output: 'x=1\n', env: 'Y=2\n' }),
  });
  const second = await runEngine(file, { after: first.journal.events });
  expect(endingsOf(second.journal.events)).toEqual({
    g: 'restored',
    'g/h': 'restored',
    'g/h/a': 'restored',
    b: 'succeeded',
  });
  expect(second.process('b').command.env).toMatchObject({ SEEN: '1', Y: '2' });
});

test('a container that is only made ready again ends as before: failed, and tolerated', async () => {
  const inside = [script('setup', { onResume: 'rerun' }), script('a'), script('after')];
  const file = pipeline([group('g', inside, { continueOnError: true }), script('c')]);
  const first = await runEngine(file, { act: fails('g/a', 'c') });
  const since = first.state.steps.get('g')?.since;
  const second = await runEngine(file, { after: first.journal.events });
  expect(second.started).toEqual(['g/setup', 'c']);
  expect(endingsOf(second.journal.events)).toMatchObject({ 'g/a': 'restored', g: 'tolerated: exit code 1' });
  expect(eventOf(second.journal.events, 'step_started', 'g').refresh).toBe(true);
  expect(eventOf(second.journal.events, 'step_started', 'c')).not.toHaveProperty('refresh');
  expect(second.state.steps.get('g')?.since).toBe(since);
});

describe('with --only', () => {
  const secret = 'hunter2-hunter2';

  test('other steps are left alone: no event, no failure, but what they exported', async () => {
    const file = pipeline([script('a'), script('b'), script('c', { if: 'always()' })], { secrets: ['TOKEN'] });
    const env = { TOKEN: secret };
    const act = (step: string): Act =>
      step === 'a' ? { env: `X=1\nHIDDEN=${secret}\n` } : { exit: step === 'b' ? 1 : 0 };
    const first = await runEngine(file, { act, env });
    const second = await runEngine(file, { after: first.journal.events, selection: { only: 'c' }, env });
    expect(endingsOf(second.journal.events)).toEqual({ c: 'succeeded' });
    expect(second.process('c').command.env['X']).toBe('1');
  });

  test('a value that was not stored is not there, rather than wrong', async () => {
    const file = pipeline([script('a'), script('b')], { secrets: ['TOKEN'] });
    const first = await runEngine(file, { act: () => ({ env: `HIDDEN=${secret}\n` }), env: { TOKEN: secret } });
    const second = await runEngine(file, { after: first.journal.events, selection: { only: 'b' }, env: {} });
    expect(second.process('b').command.env).not.toHaveProperty('HIDDEN');
  });
});

test('a skip says what held the step back, and whether it was another step', async () => {
  const file = pipeline([
    script('a', { if: "inputs.go == 'yes'", name: 'Go ${{ inputs.go }}' }),
    script('b'),
    script('c', { name: 'After ${{ inputs.go }}' }),
  ]);
  const engine = await runEngine(file, { inputs: { go: 'no' }, act: fails('b') });
  const [own, other] = ['a', 'c'].map((step) => eventOf(engine.journal.events, 'step_skipped', step));
  expect(own).toMatchObject({ name: 'Go no', because: "its condition does not hold: inputs.go == 'yes'" });
  expect(own).not.toHaveProperty('held');
  expect(other).toMatchObject({ name: 'After no', because: '"b" did not succeed', held: true });
});

test('a container that could not start is known by its definition, so that a resume goes on with its steps', async () => {
  const file = pipeline([group('g', [script('a')], { env: { X: '${{ fromJSON(inputs.json) }}' } })]);
  const first = await runEngine(file, { inputs: { json: '{' } });
  expect(first.started).toEqual([]);
  const second = await runEngine(file, { inputs: { json: '1' }, after: first.journal.events });
  expect(eventOf(second.journal.events, 'step_started', 'g').because).not.toBe('its definition changed');
  expect(second.state.status).toBe('succeeded');
});

test('a step that could not start and was tolerated is kept on resume, and what follows it too', async () => {
  const broken = { continueOnError: true, env: { X: "${{ fromJSON('{') }}" } };
  const file = pipeline([script('a', broken), script('b'), script('c')]);
  const first = await runEngine(file, { act: fails('c') });
  const second = await runEngine(file, { after: first.journal.events });
  expect(second.started).toEqual(['c']);
});
