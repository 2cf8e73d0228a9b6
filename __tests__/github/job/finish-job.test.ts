import { expect, test } from 'vitest';
import { finishJob, type EndedJob } from '../../../src/github/job/finish-job.js';
import type { RunState } from '../../../src/state/run-state.js';
import { listenToRunner } from '../../../src/github/runner/job-signals.js';
import type { JobWork } from '../../../src/github/job/job-work.js';
import { guardedStore } from '../../../src/github/store/guarded-store.js';
import type { EventBody } from '../../../src/state/event.js';
import { failed, recordRun, started, succeeded, tried, triedAgain } from '../../report/recorded-run.js';
import { newJobRig, type JobRig, type JobStart } from '../job-rig.js';
import { withEnv } from '../with-env.js';

const SUCCESS: EventBody = { type: 'run_succeeded', warnings: [], outputs: {} };
const FAILURE: EventBody = { type: 'run_failed', failed_step: 'two', error: 'exit code 1', warnings: [] };

const stateAfter = (...bodies: readonly EventBody[]): RunState => recordRun().add(...bodies);

/** Work that counts how often the rest is saved. */
const workOf = (rig: JobRig): JobWork & { readonly saves: () => number } => {
  let saves = 0;
  return {
    resumed: undefined,
    logsFolder: rig.temp.at('logs'),
    begin: () => Promise.reject(new Error('it has begun already')),
    close: () => Promise.resolve(),
    saveRest: () => Promise.resolve({ kind: 'saved', step: 'one', sequence: ++saves, bytes: 1 }),
    saves: () => saves,
  };
};

const ended = (job: JobStart, state: RunState, more: Partial<EndedJob> = {}): EndedJob => ({
  ...job,
  result: { kind: 'ended', state, resumable: true, exports: { env: { ONE: '1' }, path: ['/bin/mine'] } },
  signals: listenToRunner(() => undefined),
  summaryFile: undefined,
  ...more,
});

const FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH'];
const SUMMARY = 'summary.md';

type End = { readonly exitCode: number; readonly read: (file: string) => string };

/** Finishes a job with the runner's files, and keeps the environment of this process as it is. */
const finish = async (rig: JobRig, job: EndedJob): Promise<End> => {
  const files = Object.fromEntries(FILES.map((name) => [name, rig.temp.write(`files/${name}`, '')]));
  const kept = { PATH: process.env['PATH'] ?? '', ONE: '' };
  try {
    const exitCode = await withEnv({ ...kept, ...files }, () =>
      finishJob({ ...job, summaryFile: rig.temp.write(`files/${SUMMARY}`, '') }),
    );
    return { exitCode, read: (file) => rig.temp.read(`files/${file}`) };
  } finally {
    job.signals.release();
  }
};

const output = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}<<(\\S+)\\n(.*)\\n\\1$`, 'm').exec(text)?.[2];

test('a success passes on exports, outputs and a summary, saves the state for post, and saves no checkpoint', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const { exitCode, read } = await finish(rig, ended(job, stateAfter(started('one'), succeeded('one'), SUCCESS)));
  expect(exitCode).toBe(0);
  expect(job.chain.state().ended).toBe('succeeded');
  expect([output(read('GITHUB_OUTPUT'), 'outcome'), output(read('GITHUB_OUTPUT'), 'checkpoint')]).toEqual([
    'succeeded',
    'none',
  ]);
  expect([read('GITHUB_ENV'), read('GITHUB_PATH')]).toEqual([expect.stringContaining('ONE<<'), '/bin/mine\n']);
  expect(read(SUMMARY)).toContain('release');
  expect(rig.github.requests).toEqual([]);
});

test('outputs that cannot be written are a warning', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const lost = { ...ended(job, stateAfter(started('one'), succeeded('one'), SUCCESS)) };
  const exitCode = await withEnv({ PATH: process.env['PATH'] ?? '', ONE: '', GITHUB_OUTPUT: rig.temp.at('gone') }, () =>
    finishJob({
      ...lost,
      result: { kind: 'nothing-to-do', state: stateAfter(started('one'), succeeded('one'), SUCCESS) },
    }),
  );
  lost.signals.release();
  expect(exitCode).toBe(0);
  expect(job.display.warnings()).toEqual([expect.stringMatching(/^the outputs of this step cannot be written: /)]);
});

test('a store that was in trouble is a failed checkpoint of a run that succeeded', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  job.chain.add({ type: 'trouble', cost_ms: 1, message: 'it is ill' });
  const state = stateAfter(started('one'), succeeded('one'), SUCCESS);
  const { exitCode, read } = await finish(rig, ended(job, state, { work: workOf(rig) }));
  expect([exitCode, output(read('GITHUB_OUTPUT'), 'checkpoint')]).toEqual([0, 'failed']);
});

test('a failure is saved before the job continues', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const work = workOf(rig);
  const state = stateAfter(started('one'), succeeded('one'), started('two'), failed('two'), FAILURE);
  const { exitCode, read } = await finish(rig, ended(job, state, { work }));
  expect([exitCode, work.saves(), job.chain.state().ended]).toEqual([1, 1, 'failed']);
  expect(output(read('GITHUB_OUTPUT'), 'checkpoint')).toBe('saved');
  const aborted = stateAfter(started('one'), { type: 'run_aborted', by: 'signal', warnings: [] });
  await finish(rig, ended(rig.start(), aborted, { work }));
  expect(work.saves()).toBe(1);
});

test('after a failure a step that cannot be kept is named', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  job.chain.add({ type: 'must_rerun', steps: ['one'], because: 'it left a file that cannot be stored' });
  const state = stateAfter(started('one'), succeeded('one'), started('two'), failed('two'), FAILURE);
  const { read } = await finish(rig, ended(job, state, { work: workOf(rig) }));
  expect(read(SUMMARY)).toContain('these run again, with all that need them: "one".');
});

test('an upload that is under way when the run succeeds is broken off without a word', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  rig.github.fault({ on: 'both', kind: 'hang' });
  const { store, guard } = job.stores;
  const asked = guardedStore(store, guard, { without: 'nothing is saved' }).find('savepoint-v1-');
  await rig.github.untilRequest(() => true);
  await finish(rig, ended(job, stateAfter(started('one'), succeeded('one'), SUCCESS)));
  expect(await asked).toMatchObject({ ok: false });
  expect(job.log()).not.toContain('closed');
  expect(job.chain.state().trouble).toBeUndefined();
});

test('where nothing was left to do the record speaks for the run', async () => {
  await using rig = await newJobRig();
  const state = stateAfter(
    started('one'),
    { ...succeeded('one'), exports: { env: { ONE: 'kept' }, path: [] } } as EventBody,
    SUCCESS,
  );
  const { exitCode, read } = await finish(rig, ended(rig.start(), state, { result: { kind: 'nothing-to-do', state } }));
  expect([exitCode, output(read('GITHUB_OUTPUT'), 'steps-resumed')]).toEqual([0, '1']);
  expect(read('GITHUB_ENV')).toContain('kept');
});

test('a refusal fails the job', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const { exitCode } = await finish(rig, ended(job, stateAfter(), { result: { kind: 'refused', message: 'in use' } }));
  expect([exitCode, job.log()]).toEqual([1, '::error::in use\n']);
});

test('the summary and the outputs tell of the interrupted attempt, of flaky steps, and of each warning once', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const warning = 'the fallback finally of "one" failed: exit code 1';
  const before = stateAfter(started('one'));
  job.display.event({ v: 1, seq: 3, at: 3000, run: 'r1', attempt: 1, type: 'late_abortion', steps: ['one'] }, before);
  job.display.warning(warning, 'one');
  const steps = [started('one'), tried('one'), ...triedAgain('one', 1), succeeded('one')];
  const { read } = await finish(rig, ended(job, stateAfter(...steps, { ...SUCCESS, warnings: [warning] })));
  expect(read(SUMMARY)).toContain('The last attempt was interrupted while it ran "one".');
  expect(output(read('GITHUB_OUTPUT'), 'flaky')).toBe('["one"]');
  expect(output(read('GITHUB_OUTPUT'), 'warnings')).toBe(warning);
});
