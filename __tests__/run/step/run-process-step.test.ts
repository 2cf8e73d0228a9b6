import { describe, expect, test } from 'vitest';
import { err, ok } from '../../../src/base/result.js';
import { createMemoryFiles, type MemoryFiles } from '../../plan/memory-files.js';
import { group, pipeline, script, type StepDetails } from '../../plan/pipeline-builder.js';
import { fails, free } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine } from '../engine.js';

const types = (events: readonly { readonly type: string }[]): readonly string[] => events.map(({ type }) => type);

describe('a step', () => {
  test('is started, tried and resolved', async () => {
    const engine = await runEngine(pipeline([script('a', { name: 'Build it' })]));
    expect(types(engine.journal.events)).toEqual([
      'run_started',
      'plan_made',
      'step_started',
      'attempt_started',
      'step_succeeded',
      'run_succeeded',
    ]);
    expect(eventOf(engine.journal.events, 'step_started')).toMatchObject({
      step: 'a',
      kind: 'script',
      name: 'Build it',
      because: 'a fresh run',
    });
    expect(eventOf(engine.journal.events, 'attempt_started')).toMatchObject({
      step: 'a',
      try: 1,
      pid: 1001,
      process_start: 'start-of-1001',
    });
  });

  test('says how long it took', async () => {
    const engine = await startEngine(pipeline([script('a')]), { act: () => ({ waits: true }) });
    await engine.clock.advance(1_234);
    engine.process('a').exit(0);
    await engine.ended;
    expect(eventOf(engine.journal.events, 'step_succeeded').duration_ms).toBe(1_234);
  });

  test('that fails has its attempt failed first', async () => {
    const engine = await runEngine(pipeline([script('a')]), { act: fails('a') });
    expect(types(engine.journal.events).slice(3)).toEqual([
      'attempt_started',
      'attempt_failed',
      'step_failed',
      'run_failed',
    ]);
    expect(eventOf(engine.journal.events, 'attempt_failed')).toMatchObject({
      try: 1,
      status: 'failed',
      error: 'exit code 1',
    });
  });

  test('that cannot be spawned has no attempt started, and exit code 127', async () => {
    const engine = await runEngine(pipeline([script('a')]), { act: () => ({ refuse: 'no such program: bash' }) });
    expect(types(engine.journal.events).slice(2)).toEqual([
      'step_started',
      'attempt_failed',
      'step_failed',
      'run_failed',
    ]);
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({
      status: 'errored',
      exit_code: 127,
      error: 'no such program: bash',
    });
  });
});

describe('a step whose inputs raise', () => {
  const broken = "${{ fromJSON('{') }}";

  test.each<[string, StepDetails]>([
    ['env.A', { env: { A: broken } }],
    ['working_directory', { workingDirectory: broken }],
    ['reads', { reads: [broken] }],
    ['writes', { writes: [broken] }],
  ])('(%s) fails and is not tried', async (field, details) => {
    const engine = await runEngine(pipeline([script('a', details)]));
    expect(types(engine.journal.events).slice(2)).toEqual(['step_started', 'step_failed', 'run_failed']);
    expect(endingsOf(engine.journal.events)['a']).toBe(
      `failed: ${field}: fromJSON() was given a text that is not JSON in "fromJSON('{')"`,
    );
    expect(eventOf(engine.journal.events, 'step_failed').exit_code).toBeUndefined();
  });

  test('is tolerated like any failure', async () => {
    const details = { env: { A: broken }, continueOnError: true };
    const engine = await runEngine(pipeline([script('a', details), script('b')]));
    expect(engine.started).toEqual(['b']);
    expect(engine.state.status).toBe('succeeded with warnings');
  });
});

describe('what a step reads', () => {
  test('is part of its fingerprint', async () => {
    const file = pipeline([script('a', { reads: ['src/**'] })]);
    const readsWith = async (text: string): Promise<string> => {
      const engine = await runEngine(file, { files: createMemoryFiles({ 'src/x': text }) });
      return eventOf(engine.journal.events, 'step_started').fingerprint.reads;
    };
    expect(await readsWith('one')).toBe(await readsWith('one'));
    expect(await readsWith('one')).not.toBe(await readsWith('two'));
  });

  test('makes it errored where it cannot be read', async () => {
    const files: MemoryFiles = { ...createMemoryFiles(), digest: () => Promise.resolve(err('src: permission denied')) };
    const engine = await runEngine(pipeline([script('a', { reads: ['src/**'] })]), { files });
    expect(endingsOf(engine.journal.events)['a']).toBe('errored: what it reads cannot be read: src: permission denied');
  });

  test('is not read where nothing is named', async () => {
    const files = createMemoryFiles();
    await runEngine(pipeline([script('a')]), { files });
    expect(files.digests()).toBe(0);
  });

  test('may take a while: after a stop meanwhile no process starts', async () => {
    let finish = (): void => undefined;
    const reading = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const files: MemoryFiles = { ...createMemoryFiles(), digest: () => reading.then(() => ok('digest')) };
    const engine = await startEngine(pipeline([script('a', { reads: ['src/**'] })]), { files });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    finish();
    await engine.ended;
    expect(engine.started).toEqual([]);
    expect(endingsOf(engine.journal.events)['a']).toBe('aborted: aborted by a signal');
  });
});

describe('what a step was writing', () => {
  type Removal = { readonly globs: readonly string[]; readonly sinceMs: number };

  const filesThatRemember = (problem?: string): { readonly files: MemoryFiles; readonly removals: Removal[] } => {
    const removals: Removal[] = [];
    const files: MemoryFiles = {
      ...createMemoryFiles({ out: '' }),
      removeUnfinished: (globs, sinceMs) => {
        removals.push({ globs, sinceMs });
        return Promise.resolve(problem === undefined ? ok(1) : err(problem));
      },
    };
    return { files, removals };
  };
  const file = pipeline([script('a', { writes: ['out/${{ inputs.name }}'] })]);
  const inputs = { name: 'x' };

  test('is removed before it runs again when it was interrupted, as of its start', async () => {
    const first = await startEngine(file, { act: () => ({ waits: true }), inputs });
    const startedAt = eventOf(first.journal.events, 'step_started').at;
    const { files, removals } = filesThatRemember();
    const second = await runEngine(file, { after: [...first.journal.events], files, inputs });
    expect(removals).toEqual([{ globs: ['out/x'], sinceMs: startedAt }]);
    expect(second.started).toEqual(['a']);
  });

  test('is removed when it was aborted', async () => {
    const first = await startEngine(file, { act: () => ({ waits: true }), inputs });
    first.scope.abort({ cause: 'signal', atOnce: false });
    await first.ended;
    const { files, removals } = filesThatRemember();
    await runEngine(file, { after: first.journal.events, files, inputs });
    expect(removals).toHaveLength(1);
  });

  test('stays when it failed by itself, when it is new, and when nothing is named', async () => {
    const { files, removals } = filesThatRemember();
    const failed = await runEngine(file, { act: fails('a'), files, inputs });
    await runEngine(file, { after: failed.journal.events, files, inputs });
    const unnamed = pipeline([script('a')]);
    const cut = await startEngine(unnamed, { act: () => ({ waits: true }) });
    await runEngine(unnamed, { after: [...cut.journal.events], files });
    expect(removals).toEqual([]);
  });

  test('that cannot be removed is a warning, and the step runs', async () => {
    const first = await startEngine(file, { act: () => ({ waits: true }), inputs });
    const { files } = filesThatRemember('out/x: permission denied');
    const second = await runEngine(file, { after: [...first.journal.events], files, inputs });
    expect(second.display.warnings).toEqual([
      { step: 'a', message: 'cannot remove the unfinished files of "a": out/x: permission denied' },
    ]);
    expect(second.state.status).toBe('succeeded');
  });
});

describe('a fingerprint', () => {
  const envDigestOf = async (
    details: { readonly secrets?: readonly string[]; readonly env?: Readonly<Record<string, string>> },
    token: string,
  ): Promise<unknown> => {
    const steps = [group('g', [script('a', { env: { B: '${{ env.TOKEN }}', TOKEN: '${{ inputs.token }}' } })])];
    const { secrets = ['TOKEN'] } = details;
    const engine = await runEngine(pipeline(steps, { secrets, env: { TOKEN: '${{ inputs.token }}' } }), {
      inputs: { token },
    });
    return eventOf(engine.journal.events, 'step_started', 'g/a').fingerprint;
  };

  test('does not change with a secret', async () => {
    expect(await envDigestOf({}, 'first-secret')).toEqual(await envDigestOf({}, 'second-secret'));
  });

  test('changes with any other variable', async () => {
    expect(await envDigestOf({ secrets: [] }, 'first')).not.toEqual(await envDigestOf({ secrets: [] }, 'second'));
  });
});

test('a step that was to be skipped and runs all the same says why', async () => {
  const file = pipeline([
    free('a', { onResume: 'rerun' }),
    script('b', { needs: ['a'], if: "steps.a.outputs.go == 'yes'" }),
    script('c', { needs: ['b'] }),
  ]);
  const first = await runEngine(file, { act: fails('c') });
  expect(endingsOf(first.journal.events)['b']).toMatch(/^skipped: its condition does not hold/);
  const second = await runEngine(file, {
    after: first.journal.events,
    act: (step) => (step === 'a' ? { output: 'go=yes\n' } : {}),
  });
  expect(eventOf(second.journal.events, 'step_started', 'b').because).toBe('it is no longer held back');
});

test('a summary is stored masked, and where it cannot be that is a warning', async () => {
  const file = pipeline([script('a')], { secrets: ['TOKEN'] });
  const world = { env: { TOKEN: 'hunter2-hunter2' }, act: () => ({ summary: 'with hunter2-hunter2' }) };
  expect((await runEngine(file, world)).summaries.get('a')).toBe('with ***');
  const engine = await runEngine(file, { ...world, logProblem: 'disk full' });
  expect(engine.display.warnings.map(({ message }) => message)).toContain(
    'the summary of "a" is not stored: disk full',
  );
});
