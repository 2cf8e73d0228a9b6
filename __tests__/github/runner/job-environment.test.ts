import { expect, test } from 'vitest';
import { recordedExports } from '../../../src/github/runner/job-environment.js';
import type { FrameLayer } from '../../../src/evaluate/context/export-frame.js';
import type { EventBody, Exports } from '../../../src/state/event.js';
import { startSource } from '../../machine/source-child.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';
import { recordRun, started, succeeded } from '../../report/recorded-run.js';

/** Exports in a child process that has the runner's files, because its environment changes too; returns its output. */
const exportIn = async (folder: TempFolder, exports: FrameLayer): Promise<string> => {
  const code = `
    import { exportToJob } from 'src/github/runner/job-environment.js';
    console.log(JSON.stringify(exportToJob(${JSON.stringify(exports)})));`;
  return await startSource(code, `export GITHUB_ENV=${folder.at('env')} GITHUB_PATH=${folder.at('path')};`).output;
};

test('later steps of the job get variables and paths, each path in front of those before it', async () => {
  using folder = newTempFolder();
  folder.write('env', '');
  folder.write('path', '/before\n');
  await exportIn(folder, { env: { ONE: '1', TWO: 'a\nEOF\nb' }, path: ['/first', '/searched/before/first'] });
  expect(folder.read('env')).toMatch(/^ONE<<(ghadelimiter_\S+)\n1\n\1\nTWO<<(ghadelimiter_\S+)\na\nEOF\nb\n\2\n$/);
  // The runner reverses the lines: the last one is searched first.
  expect(folder.read('path')).toBe('/before\n/first\n/searched/before/first\n');
});

test('missing files are an error', async () => {
  using folder = newTempFolder();
  expect(await exportIn(folder, { env: { ONE: '1' }, path: [] })).toMatch(
    /^\{"ok":false,"error":"cannot export to the job: .*env"\}/,
  );
});

test('what is recorded of exports is taken in the order of the steps, also of one that was held back since', () => {
  const run = recordRun();
  const exporting = (step: string, exports: Exports): readonly EventBody[] => [
    started(step),
    { ...succeeded(step), exports } as EventBody,
  ];
  run.add(...exporting('a', { env: { A: '1', B: '1' }, path: ['/a'], withheld: ['KEY'] }));
  run.add(...exporting('b', { env: { B: '2' }, path: ['/b'] }));
  run.resume();
  run.add({ type: 'step_skipped', step: 'b', name: 'b', because: 'x', held: true });
  expect(recordedExports(run.state())).toEqual({ env: { A: '1', B: '2' }, path: ['/a', '/b'] });
});

test('what steps of fallbacks exported is not for the job', () => {
  const run = recordRun();
  const step = 'a/on_success/n';
  run.add(started('a'), succeeded('a'), { type: 'fallback_started', step: 'a', fallback: 'on_success', to_run: 1 });
  run.add(started(step), { ...succeeded(step), exports: { env: { A: '1' }, path: ['/a'] } } as EventBody);
  expect(recordedExports(run.state())).toEqual({ env: {}, path: [] });
});
