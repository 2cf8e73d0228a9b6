import { describe, expect, test } from 'vitest';
import type { InputSpec, Pipeline } from '../../../src/language/model/pipeline.js';
import { callFolder } from '../../../src/run/container/container-work.js';
import { createMemoryFiles } from '../../plan/memory-files.js';
import { call, fanOut, group, pipeline, script, type LooseStep } from '../../plan/pipeline-builder.js';
import { endingsOf, runEngine } from '../engine.js';

const who: InputSpec = { name: 'who', type: 'string', required: true };
const called = (steps: readonly LooseStep[], more: Partial<Omit<Pipeline, 'steps'>> = {}): Pipeline =>
  pipeline(steps, { file: 'other.yml', inputs: [who], ...more });
const greet = script('greet', { env: { WHO: '${{ inputs.who }}', SEEN: '${{ steps.a.outputs.v }}' } });

type Given = LooseStep & { readonly shell: string; readonly workingDirectory: string };

const withStep = ({ needs, step, ...given }: Given): LooseStep => ({ needs, step: { ...step, ...given } });

describe('a called pipeline', () => {
  test('sees the inputs it is given, and nothing of the file that calls', async () => {
    const file = pipeline([script('a'), call('c', called([greet]), { with: { who: '${{ steps.a.outputs.v }}' } })]);
    const { process } = await runEngine(file, { act: () => ({ output: 'v=1\n' }), inputs: { who: 'outer' } });
    expect(process('c/greet').command.env).toMatchObject({ WHO: '1', SEEN: '' });
  });

  test('gives its outputs, its env counts, and what it exports stays', async () => {
    const file = pipeline([
      call(
        'c',
        called([greet], {
          env: { HELLO: 'hello ${{ inputs.who }}' },
          outputs: { v: '${{ steps.greet.outputs.v }} ${{ env.HELLO }}' },
        }),
        { with: { who: 'you' }, env: { HELLO: 'outer', MORE: 'more' } },
      ),
      script('after', { env: { V: '${{ steps.c.outputs.v }}' } }),
    ]);
    const { process } = await runEngine(file, { act: () => ({ output: 'v=1\n', env: 'LEFT=behind\n' }) });
    expect(process('c/greet').command.env).toMatchObject({ HELLO: 'hello you', MORE: 'more' });
    expect(process('after').command.env).toMatchObject({ V: '1 hello you', LEFT: 'behind' });
    expect(process('after').command.env['HELLO']).toBeUndefined();
  });

  test('uses the shell and working directory of the call where it says nothing of its own', async () => {
    const inner = called([script('plain'), script('own', { shell: 'python', workingDirectory: 'there' })], {
      inputs: [],
    });
    const given = { ...call('c', inner), shell: 'sh', workingDirectory: 'app/${{ run.attempt }}' };
    const { process } = await runEngine(pipeline([withStep(given)]), { programs: ['bash', 'sh', 'python'] });
    expect(process('c/plain').command).toMatchObject({
      argv: ['sh', '-e', expect.any(String)],
      cwd: '/workspace/app/1',
    });
    expect(process('c/own').command).toMatchObject({ argv: ['python', expect.any(String)], cwd: '/workspace/there' });
  });

  test('has a work directory of its own, made with its directories before its first step', async () => {
    const files = createMemoryFiles();
    const inner = called([script('x')], { directories: ['raw'], inputs: [] });
    const file = pipeline([
      script('a'),
      fanOut('each', { items: [1], body: [call('c', called([call('d', inner)], { inputs: [] }))] }),
    ]);
    const { process } = await runEngine(file, { files });
    expect(process('a').command.env['SAVEPOINT_WORK_DIR']).toBe('/workspace/.work');
    expect(process('each[0]/c/d/x').command.env['SAVEPOINT_WORK_DIR']).toBe('/workspace/.work/calls/each.0.c.d');
    expect(files.made).toEqual([
      '/workspace/.work/calls/each.0.c',
      '/workspace/.work/calls/each.0.c.d',
      '/workspace/.work/calls/each.0.c.d/raw',
    ]);
  });

  test('follows its own failure mode', async () => {
    const steps = [script('x', { needs: [] }), script('y', { needs: [] }), script('z', { needs: ['y'] })];
    const file = pipeline([call('c', called(steps, { inputs: [], failure: 'keep_going' }))]);
    const { started } = await runEngine(file, { act: (step) => ({ exit: step === 'c/x' ? 1 : 0 }), maxParallel: 1 });
    expect(started).toEqual(['c/x', 'c/y', 'c/z']);
  });

  test('fails before it starts where an input or its env has no value', async () => {
    const wrong = called([greet], { inputs: [{ ...who, type: 'number' }] });
    const bad = await runEngine(pipeline([call('c', wrong, { with: { who: 'x' } })]));
    expect(endingsOf(bad.journal.events)['c']).toMatch(/^failed: the input "who" must be a number/);
    const env = called([greet], { env: { E: "${{ fromJSON('{') }}" } });
    const raises = await runEngine(pipeline([call('c', env, { with: { who: 'x' } })]));
    expect(endingsOf(raises.journal.events)['c']).toMatch(/^failed: other\.yml: env\.E: /);
    expect(raises.started).toEqual([]);
  });

  test('resumes inside, and runs all of it when it is given something else', async () => {
    const file = (given: string): Pipeline =>
      pipeline([call('c', called([script('x'), group('g', [script('y'), script('z')])]), { with: { who: given } })]);
    const first = await runEngine(file('a'), { act: (step) => ({ exit: step === 'c/g/z' ? 1 : 0 }) });
    const after = first.journal.events;
    expect((await runEngine(file('a'), { after })).started).toEqual(['c/g/z']);
    expect((await runEngine(file('b'), { after })).started).toEqual(['c/x', 'c/g/y', 'c/g/z']);
  });
});

describe('the folder of a call', () => {
  test.each([
    ['deploy', 'deploy'],
    ['a/b', 'a.b'],
    ['each[2]/call', 'each.2.call'],
    ['a-b_c', 'a-b_c'],
  ])('is told by its path: %s', (path, folder) => {
    expect(callFolder(path)).toBe(folder);
  });

  test('fits a file name, and is another for another path', () => {
    const long = 'step/'.repeat(60);
    const names = [`${long}a`, `${long}b`, 'a é', 'a ü', '../x'].map(callFolder);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w.-]{1,140}$/);
    expect(names.filter((name) => name === '..' || name === '.')).toEqual([]);
  });
});
