import { expect, test } from 'vitest';
import { writeJobSummary } from '../../../src/github/log/summary-file.js';
import { foldEvents } from '../../../src/state/apply-event.js';
import type { EventBody, RunEvent } from '../../../src/state/event.js';
import type { RunState } from '../../../src/state/run-state.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

const FINGERPRINT = { definition: '', directory: '', env: '', values: '', reads: '', needs: '' };

const failedRun = (): RunState => {
  const bodies: readonly EventBody[] = [
    { type: 'run_started', pipeline: 'p', file: 'p.yml', inputs: {} },
    { type: 'step_started', step: 'a', kind: 'script', name: 'A', because: 'a fresh run', fingerprint: FINGERPRINT },
    { type: 'step_failed', step: 'a', status: 'failed', duration_ms: 5, exit_code: 1, error: 'exit code 1' },
    { type: 'run_failed', failed_step: 'a', error: 'exit code 1', warnings: [] },
  ];
  const events = bodies.map((body, index): RunEvent => ({
    v: 1,
    seq: index + 1,
    at: 1,
    run: 'r',
    attempt: 1,
    ...body,
  }));
  const state = foldEvents(events);
  if (state === undefined) throw new Error('a run has started');
  return state;
};

const write = (folder: TempFolder, file = folder.write('summary.md', '')): readonly string[] => {
  const warnings: string[] = [];
  const end = { state: failedRun(), elapsedMs: 5, nothingToDo: false, checkpoint: { status: 'saved' } as const };
  const warn = (message: string): void => void warnings.push(message);
  writeJobSummary({ ...end, file, logsFolder: folder.at('logs'), warnings: ['beware'], warn });
  return warnings;
};

test('holds the verdict, the last lines of failed steps, warnings, and the summaries of steps', () => {
  using folder = newTempFolder();
  folder.write('logs/a.log', 'first\nthe last line\n');
  folder.write('logs/a.summary.md', 'from the **step**');
  expect(write(folder)).toEqual([]);
  const text = folder.read('summary.md');
  for (const part of ['p failed', 'the last line', 'beware', 'from the **step**']) expect(text).toContain(part);
});

test('does without logs', () => {
  using folder = newTempFolder();
  expect(write(folder)).toEqual([]);
  expect(folder.read('summary.md')).toContain('p failed');
});

test('a summary that cannot be written is a warning', () => {
  using folder = newTempFolder();
  expect(write(folder, folder.at('not/there'))).toEqual([expect.stringContaining('cannot write the job summary')]);
});
