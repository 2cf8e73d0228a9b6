import { expect, test } from 'vitest';
import { group, pipeline, script } from '../../plan/pipeline-builder.js';
import { eventOf, runEngine } from '../engine.js';

test('outputs of a container and of the pipeline that hold a secret work and are not stored', async () => {
  const secret = 'hunter2-hunter2';
  const outputs = { plain: '${{ steps.a.outputs.plain }}', token: '${{ steps.a.outputs.token }}' };
  const file = pipeline(
    [
      group('g', [script('a')], { outputs }),
      script('b', { env: { SEEN: '${{ steps.g.outputs.plain }} ${{ steps.g.outputs.token }}' } }),
    ],
    { secrets: ['TOKEN'], outputs: { plain: '${{ steps.g.outputs.plain }}', all: '${{ steps.g.outputs }}' } },
  );
  const engine = await runEngine(file, {
    env: { TOKEN: secret },
    act: (step) => (step === 'g/a' ? { output: `plain=1\ntoken=${secret}\n` } : {}),
  });
  expect(engine.process('b').command.env['SEEN']).toBe(`1 ${secret}`);
  expect(eventOf(engine.journal.events, 'step_succeeded', 'g')).toMatchObject({
    outputs: { plain: '1' },
    withheld: ['token'],
  });
  expect(eventOf(engine.journal.events, 'run_succeeded').outputs).toEqual({ plain: '1' });
  expect(engine.display.warnings.map(({ message }) => message).slice(1)).toEqual([
    'these outputs of "g" hold a secret and are not stored: token',
    'these outputs of the pipeline hold a secret and are not stored: all',
  ]);
});

test('outputs of the pipeline see its steps, its env, and what they exported', async () => {
  const outputs = {
    version: '${{ steps.a.outputs.version }}',
    mode: '${{ env.MODE }}',
    made: '${{ env.MADE }}',
    list: "${{ fromJSON('[1,2]') }}",
    well: '${{ success() && !failure() }}',
  };
  const file = pipeline([script('a'), script('b')], { env: { MODE: 'fast' }, outputs });
  const engine = await runEngine(file, {
    act: (step) => (step === 'a' ? { output: 'version=1.2\n', env: 'MADE=yes\n' } : {}),
  });
  const values = { version: '1.2', mode: 'fast', made: 'yes', list: [1, 2], well: true };
  expect(eventOf(engine.journal.events, 'run_succeeded').outputs).toEqual(values);
  expect(engine.state.outputs).toEqual(values);
});

test('outputs of the pipeline that raise fail the run', async () => {
  const engine = await runEngine(pipeline([script('a')], { outputs: { bad: "${{ fromJSON('{') }}" } }));
  expect(eventOf(engine.journal.events, 'run_failed')).toMatchObject({
    failed_step: '',
    error: `outputs.bad: fromJSON() was given a text that is not JSON in "fromJSON('{')"`,
  });
});

test('an output can have any name, also one that objects have a meaning for', async () => {
  const named = (value: string): Readonly<Record<string, string>> => Object.fromEntries([['__proto__', value]]);
  const file = pipeline([group('g', [script('a')], { outputs: named('inner') })], {
    outputs: named('${{ steps.g.outputs.__proto__ }}'),
  });
  const { outputs } = eventOf((await runEngine(file)).journal.events, 'run_succeeded');
  expect(Object.entries(outputs)).toEqual([['__proto__', 'inner']]);
});
