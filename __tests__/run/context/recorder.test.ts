import { describe, expect, test } from 'vitest';
import { createMasker } from '../../../src/base/mask.js';
import { createRecorder, type Recorder } from '../../../src/run/context/recorder.js';
import { foldEvents } from '../../../src/state/apply-event.js';
import type { EventBody, Fingerprint } from '../../../src/state/event.js';
import type { RunState } from '../../../src/state/run-state.js';
import { createFakeClock, type FakeClock } from '../../rig/fake-clock.js';
import { createMemoryJournal, type MemoryJournal } from '../../rig/memory-journal.js';
import { createRecordingDisplay, type RecordingDisplay } from '../../rig/recording-display.js';

type Stage = {
  readonly recorder: Recorder;
  readonly clock: FakeClock;
  readonly journal: MemoryJournal;
  readonly display: RecordingDisplay;
};

type Setting = { readonly capacity?: number; readonly last?: RunState; readonly secrets?: readonly string[] };

const newStage = ({ capacity, last, secrets = [] }: Setting = {}): Stage => {
  const clock = createFakeClock(1000);
  const journal = createMemoryJournal(capacity);
  const display = createRecordingDisplay();
  const masker = createMasker();
  for (const secret of secrets) masker.add(secret);
  const attempt = (last?.attempt ?? 0) + 1;
  const recorder = createRecorder({ runId: 'r1', attempt, last }, { clock, journal, display }, masker);
  return { recorder, clock, journal, display };
};

const NO_FINGERPRINT: Fingerprint = { definition: '', directory: '', env: '', values: '', reads: '', needs: '' };
const runStarted: EventBody = { type: 'run_started', pipeline: 'release', file: 'savepoint.yml', inputs: {} };
const planMade: EventBody = { type: 'plan_made', to_run: 1, to_restore: 0 };
const stepStarted: EventBody = {
  type: 'step_started',
  step: 'build',
  kind: 'script',
  name: 'Build',
  because: 'a fresh run',
  fingerprint: NO_FINGERPRINT,
};

describe('an event', () => {
  test('is stamped and goes into the state, the journal and the display', async () => {
    const { recorder, clock, journal, display } = newStage();
    recorder.emit(runStarted);
    await clock.advance(5);
    recorder.emit(stepStarted);
    expect(journal.events).toEqual([
      { v: 1, seq: 1, at: 1000, run: 'r1', attempt: 1, ...runStarted },
      { v: 1, seq: 2, at: 1005, run: 'r1', attempt: 1, ...stepStarted },
    ]);
    expect(display.events).toEqual(journal.events);
    expect(recorder.state()).toEqual(foldEvents(journal.events));
  });

  test('goes on counting where the last attempt ended', () => {
    const first = newStage();
    first.recorder.emit(runStarted);
    first.recorder.emit(planMade);
    const last = foldEvents(first.journal.events);
    const second = newStage(last === undefined ? {} : { last });
    second.recorder.emit({ type: 'run_resumed', inputs: {} });
    expect(second.journal.events).toMatchObject([{ seq: 3, attempt: 2, type: 'run_resumed' }]);
  });
});

test('there is no state before the run has started', () => {
  const { recorder } = newStage();
  expect(() => recorder.state()).toThrow(/invariant broken/);
});

describe('a journal that cannot be written', () => {
  test('is one warning, and the run goes on', () => {
    const { recorder, journal, display } = newStage({ capacity: 1 });
    recorder.emit(runStarted);
    expect(recorder.resumable()).toBe(true);
    recorder.emit(planMade);
    recorder.emit(stepStarted);
    expect(recorder.resumable()).toBe(false);
    expect(journal.events).toHaveLength(1);
    expect(display.events).toHaveLength(3);
    expect(recorder.state().seq).toBe(3);
    expect(display.warnings.map(({ message }) => message)).toEqual([
      'the run continues but cannot be resumed: its journal cannot be written: no space left in memory',
    ]);
  });
});

describe('a secret', () => {
  const secret = 'hunter2-hunter2';
  const texts: readonly EventBody[] = [
    { ...runStarted, pipeline: `for ${secret}` },
    { ...stepStarted, name: `Log in with ${secret}`, because: `it needs ${secret}` },
    { type: 'attempt_failed', step: 'build', try: 1, status: 'failed', error: `no ${secret}`, exit_code: 1 },
    { type: 'step_failed', step: 'build', status: 'failed', duration_ms: 0, error: `no ${secret}` },
    { type: 'step_succeeded', step: 'build', duration_ms: 0, stdout: `out ${secret}`, stderr: `err ${secret}` },
    { type: 'step_succeeded', step: 'build', duration_ms: 0, warnings: [`expect: no ${secret}`] },
    { type: 'step_skipped', step: 'build', name: secret, because: `its condition does not hold: ${secret}` },
    { type: 'step_skipped', step: 'build', name: 'x', because: `"${secret}" did not succeed` },
    { ...stepStarted, because: secret },
    { type: 'step_restored', step: 'build', because: `finished ${secret}` },
    { type: 'run_failed', failed_step: 'build', error: `no ${secret}`, warnings: [`tolerated ${secret}`] },
  ];

  test('is in no text of an event, whatever its form', () => {
    const { recorder, journal, display } = newStage({ secrets: [secret] });
    for (const body of texts) recorder.emit(body);
    expect(journal.events).toHaveLength(texts.length);
    expect(JSON.stringify([journal.events, display.events])).not.toContain('hunter2');
    expect(journal.events[0]).toMatchObject({ pipeline: 'for ***', file: 'savepoint.yml' });
  });

  test('leaves identities as they are, which would be others otherwise', () => {
    const { recorder, journal } = newStage({ secrets: ['build', 'script', 'a'] });
    recorder.emit(runStarted);
    recorder.emit(stepStarted);
    expect(journal.events[1]).toMatchObject({ step: 'build', kind: 'script', fingerprint: NO_FINGERPRINT });
  });

  test('is in no warning', () => {
    const { recorder, display } = newStage({ secrets: [secret] });
    recorder.warn(`careful with ${secret}`, 'build');
    expect(display.warnings).toEqual([{ message: 'careful with ***', step: 'build' }]);
  });
});
