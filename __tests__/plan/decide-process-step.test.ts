import { describe, expect, test } from 'vitest';
import { err, ok } from '../../src/base/result.js';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { createMemoryFiles } from './memory-files.js';
import { commands, group, pipeline, script, type LooseStep, type StepDetails } from './pipeline-builder.js';
import { planOf, reasons, record, replan, until, type Act, type Circumstances } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';

/** What the plan says of step `s` when the pipeline was another one while it ran. */
const afterEdit = async (before: Pipeline, now: Pipeline, more: Circumstances = {}): Promise<string | undefined> => {
  const { events } = await record(before, more);
  return (await replan(now, { ...more, after: events }))['s'];
};

const one = (details: StepDetails, more: Partial<Pipeline> = {}): Pipeline => pipeline([script('s', details)], more);

describe('how a step ended decides why it runs', () => {
  test.each<[string, Act, string]>([
    ['failed', { exit: 3 }, 'it failed last time'],
    ['timed out', { hangs: true }, 'it timed out last time'],
    ['could not be spawned', { refused: true }, 'it could not run last time'],
    ['was aborted', { aborts: true }, 'it was aborted last time'],
  ])('%s', async (_, act, reason) => {
    const steps = one({ timeoutMs: 1000 });
    const { events } = await record(steps, { act: () => act });
    expect(await replan(steps, { after: events })).toEqual({ s: `run: ${reason}` });
  });

  test('was running when the program was killed', async () => {
    const { events } = await record(one({}));
    const left = until(events, ({ type }) => type === 'step_succeeded');
    expect(await replan(one({}), { after: left })).toEqual({ s: 'run: it was interrupted' });
  });

  test.each<[string, Act]>([
    ['failed', { exit: 1 }],
    ['timed out', { hangs: true }],
    ['could not be spawned', { refused: true }],
  ])('%s, but tolerated: it is kept', async (_, act) => {
    const steps = one({ continueOnError: true, timeoutMs: 1000 });
    const { events } = await record(steps, { act: () => act });
    expect(await replan(steps, { after: events })).toEqual({ s: 'restore: its failure in attempt 1 was tolerated' });
  });

  test('aborted is never tolerated', async () => {
    const steps = one({ continueOnError: true });
    const { events } = await record(steps, { act: () => ({ aborts: true }) });
    expect(await replan(steps, { after: events })).toEqual({ s: 'run: it was aborted last time' });
  });
});

describe('a finished step runs again when', () => {
  test.each<[string, StepDetails, StepDetails]>([
    ['its script changed', { run: 'a' }, { run: 'b' }],
    ['its shell changed', { shell: 'bash' }, { shell: 'sh' }],
    ['a shell was named', {}, { shell: 'bash' }],
  ])('%s', async (_, before, now) => {
    expect(await afterEdit(one(before), one(now))).toBe('run: its definition changed');
  });

  test.each<[string, LooseStep]>([
    ['a command changed', commands('s', ['a', 'c'])],
    ['commands changed places', commands('s', ['b', 'a'])],
    ['a command was split', commands('s', ['a', 'b', ''])],
    ['commands became a script', script('s', { run: 'a\nb' })],
    ['it became a group', group('s', [script('x')])],
  ])('%s', async (_, now) => {
    const reason = await afterEdit(pipeline([commands('s', ['a', 'b'])]), pipeline([now]));
    expect(reason).toMatch(/^run: (its definition changed|a step in it runs)$/);
  });

  test.each<[string, StepDetails, StepDetails]>([
    ['a working directory was added', {}, { workingDirectory: 'app' }],
    ['its working directory changed', { workingDirectory: 'app' }, { workingDirectory: 'lib' }],
  ])('%s', async (_, before, now) => {
    expect(await afterEdit(one(before), one(now))).toBe('run: its working directory changed');
  });

  test.each<[string, StepDetails, StepDetails]>([
    ['a variable changed', { env: { A: '1' } }, { env: { A: '2' } }],
    ['a variable was added', { env: { A: '1' } }, { env: { A: '1', B: '' } }],
    ['a variable was renamed', { env: { A: '1' } }, { env: { B: '1' } }],
    ['its only variable went away', { env: { A: '1' } }, {}],
  ])('%s', async (_, before, now) => {
    expect(await afterEdit(one(before), one(now))).toBe('run: its env changed');
  });

  test('a variable of a group around it changed', async () => {
    const around = (A: string): Pipeline => pipeline([group('g', [group('h', [script('s')])], { env: { A } })]);
    const { events } = await record(around('1'));
    expect(await replan(around('2'), { after: events })).toMatchObject({ 'g/h/s': 'run: its env changed' });
  });

  test.each<[string, Partial<Pipeline>, StepDetails]>([
    ['directly', {}, { env: { A: '${{ inputs.channel }}' } }],
    ['through the env of the pipeline', { env: { B: '${{ inputs.channel }}' } }, { env: { A: 'is ${{ env.B }}' } }],
  ])('an input that its env reads %s changed', async (_, more, details) => {
    const steps = one(details, more);
    const { events } = await record(steps, { inputs: { channel: 'beta' } });
    expect(await replan(steps, { after: events, inputs: { channel: 'beta' } })).toEqual({ s: KEPT });
    expect(await replan(steps, { after: events, inputs: { channel: 'stable' } })).toEqual({
      s: 'run: its env changed',
    });
  });

  test('the working directory comes out differently', async () => {
    const steps = one({ workingDirectory: '${{ inputs.folder }}' });
    const { events } = await record(steps, { inputs: { folder: 'a' } });
    const reason = (await replan(steps, { after: events, inputs: { folder: 'b' } }))['s'];
    expect(reason).toBe('run: its working directory changed');
  });

  test('its needs changed', async () => {
    const steps = (needs: readonly string[]): Pipeline =>
      pipeline([script('a'), script('b', { needs: [] }), script('s', { needs })]);
    expect(await afterEdit(steps(['a']), steps(['a', 'b']))).toBe('run: what it needs changed');
    expect(await afterEdit(steps(['a']), steps([]))).toBe('run: what it needs changed');
  });

  test('its inputs cannot be evaluated any more', async () => {
    const reason = await afterEdit(one({ env: { A: '1' } }), one({ env: { A: "${{ fromJSON('{') }}" } }));
    expect(reason).toMatch(/^run: its inputs cannot be evaluated: env\.A: /);
  });
});

describe('files', () => {
  const reading = one({ reads: ['src/**'] });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['changed', { 'src/a': 'two' }],
    ['was added', { 'src/a': 'one', 'src/b': '' }],
    ['was renamed', { 'src/c': 'one' }],
    ['was deleted', {}],
  ])('a step runs again when a file it reads %s', async (_, contents) => {
    const { events } = await record(reading, { files: createMemoryFiles({ 'src/a': 'one', other: '1' }) });
    const same = createMemoryFiles({ 'src/a': 'one', other: '2' });
    expect(await replan(reading, { after: events, files: same })).toEqual({ s: KEPT });
    const files = createMemoryFiles(contents);
    expect(await replan(reading, { after: events, files })).toEqual({ s: 'run: a file it reads changed' });
  });

  test('a step runs again when what it writes is not there any more', async () => {
    const steps = one({ writes: ['out/${{ inputs.name }}', 'log/**'] });
    const inputs = { name: 'app' };
    const { events } = await record(steps, { inputs });
    const whole = createMemoryFiles({ 'out/app': '', 'log/1': '' });
    expect(await replan(steps, { after: events, inputs, files: whole })).toEqual({ s: KEPT });
    const files = createMemoryFiles({ 'out/app': '' });
    expect(await replan(steps, { after: events, inputs, files })).toEqual({ s: 'run: what it writes is gone: log/**' });
  });

  test('a step runs again when they cannot be looked at', async () => {
    const steps = pipeline([script('reads', { reads: ['a'] }), script('writes', { needs: [], writes: ['a'] })]);
    const { events } = await record(steps, { files: createMemoryFiles({ a: '' }) });
    const broken = {
      digest: () => Promise.resolve(err('too many links')),
      firstMissing: () => Promise.resolve(err('no')),
    };
    const files = { ...createMemoryFiles(), ...broken };
    expect(await replan(steps, { after: events, files })).toEqual({
      reads: 'run: what it reads cannot be read: too many links',
      writes: 'run: what it writes cannot be checked: no',
    });
  });

  test('a tolerated failure to read them is kept while it lasts', async () => {
    const steps = one({ reads: ['a'], continueOnError: true });
    const files = { ...createMemoryFiles(), digest: () => Promise.resolve(err('too many links')) };
    const { events } = await record(steps, { files });
    expect(await replan(steps, { after: events, files })).toEqual({
      s: 'restore: its failure in attempt 1 was tolerated',
    });
    const mended = { ...createMemoryFiles(), digest: () => Promise.resolve(ok('')) };
    expect(await replan(steps, { after: events, files: mended })).toEqual({ s: 'run: it could not start last time' });
  });
});

describe('a finished step stays although', () => {
  test.each<[string, StepDetails]>([
    ['its name changed', { name: 'Build it', run: 'make s' }],
    ['its line changed', { line: 40 }],
    ['its timeouts changed', { timeoutMs: 1, idleTimeoutMs: 2, killGraceMs: 3 }],
    ['its mutex changed', { mutex: 'disk' }],
    ['its condition changed', { if: 'false' }],
    ['its failures are tolerated now', { continueOnError: true }],
    ['what it writes changed, which is there', { writes: ['out'] }],
    ['its variables changed places', { env: { B: '2', A: '1' } }],
  ])('%s', async (_, details) => {
    const env = { A: '1', B: '2' };
    const files = createMemoryFiles({ out: '' });
    expect(await afterEdit(one({ env }), one({ env, ...details }), { files })).toBe(KEPT);
  });

  test.each<[string, string, Circumstances]>([
    ['a secret was rotated', '${{ env.TOKEN }}', { inherited: { TOKEN: 'two' } }],
    ['a secret is not set any more', '${{ env.TOKEN }}', {}],
    ['the run attempt is another one', '${{ run.attempt }} ${{ run.resumed }} ${{ run.id }}', {}],
    ['GitHub counts another attempt', '${{ github.run_attempt }}', { github: { run_attempt: '2' } }],
  ])('%s', async (_, value, now) => {
    const steps = pipeline([script('s', { env: { X: value }, workingDirectory: value })], { secrets: ['TOKEN'] });
    const { events } = await record(steps, { inherited: { TOKEN: 'one' }, github: { run_attempt: '1' } });
    expect(await replan(steps, { ...now, after: events })).toEqual({ s: KEPT });
  });

  test.each<[string, Partial<Pipeline>, LooseStep]>([
    [
      'the pipeline',
      { env: { TOKEN: '${{ inputs.token }}' } },
      script('s', { env: { AUTH: 'Bearer ${{ env.TOKEN }}' } }),
    ],
    [
      'a group',
      {},
      group('s', [script('x', { env: { AUTH: 'Bearer ${{ env.TOKEN }}' } })], {
        env: { TOKEN: '${{ inputs.token }}' },
      }),
    ],
    ['itself', {}, script('s', { env: { TOKEN: '${{ inputs.token }}' } })],
  ])('a secret that %s declares was rotated', async (_, more, step) => {
    const steps = pipeline([step], { secrets: ['TOKEN'], ...more });
    const { events, environments } = await record(steps, { inputs: { token: 'hunter2' } });
    expect([...environments.values()][0]).toMatchObject({ TOKEN: 'hunter2' });
    expect((await replan(steps, { after: events, inputs: { token: 'hunter3' } }))['s']).toBe(KEPT);
  });

  test('another value of GitHub changed nothing it reads', async () => {
    const steps = one({ env: { SHA: '${{ github.sha }}' } });
    const { events } = await record(steps, { github: { sha: 'abc', ref: 'a' } });
    expect(await replan(steps, { after: events, github: { sha: 'abc', ref: 'b' } })).toEqual({ s: KEPT });
    expect(await replan(steps, { after: events, github: { sha: 'def' } })).toEqual({ s: 'run: its env changed' });
  });
});

describe('--accept-changes', () => {
  const selection = { acceptChanges: true };

  test('keeps a finished step whatever changed about it', async () => {
    const before = pipeline([script('a'), script('s', { env: { A: '1' }, reads: ['src'] })], { env: { P: '1' } });
    const now = pipeline([script('s', { run: 'new', shell: 'sh', needs: [] })], { env: { P: '2' } });
    const { events } = await record(before);
    expect(await replan(now, { after: events, selection })).toEqual({ s: KEPT });
  });

  test('keeps neither what did not finish nor what lost its files', async () => {
    const steps = pipeline([script('s', { writes: ['out'] }), script('t', { needs: [] })]);
    const { events } = await record(steps, { act: (step) => ({ exit: step === 't' ? 1 : 0 }) });
    expect(await replan(steps, { after: events, selection })).toEqual({
      s: 'run: what it writes is gone: out',
      t: 'run: it failed last time',
    });
  });
});

describe('the outputs and exports of a step that is kept', () => {
  test('are what the env after it comes to, so that nothing changes', async () => {
    const steps = pipeline([
      script('a'),
      group('g', [script('x')], { outputs: { v: '${{ steps.x.outputs.v }}' } }),
      script('s', {
        env: { A: '${{ steps.a.outputs.v }} ${{ steps.g.outputs.v }} ${{ env.E }} ${{ steps.a.output.stdout }}' },
      }),
    ]);
    const { events, environments } = await record(steps, { act: (step) => ({ output: `v=${step}\n`, env: 'E=1\n' }) });
    expect(environments.get('s')).toMatchObject({ A: 'a g/x 1 ' });
    const plan = await planOf(steps, { after: events });
    expect(Object.values(reasons(steps, plan))).toEqual([KEPT, KEPT, KEPT, KEPT]);
  });
});
