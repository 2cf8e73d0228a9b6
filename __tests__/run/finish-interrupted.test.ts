import { expect, test } from 'vitest';
import { err, ok } from '../../src/base/result.js';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { NO_SELECTION } from '../../src/plan/selection.js';
import { createAbortScope } from '../../src/run/context/abort-scope.js';
import { finishInterrupted } from '../../src/run/finish-interrupted.js';
import type { Host, InterruptedRun } from '../../src/run/host.js';
import { errorOf, valueOf } from '../machine/temp-folder.js';
import { createMemoryFiles } from '../plan/memory-files.js';
import { recordRun, started } from '../report/recorded-run.js';
import { createScene } from './scene.js';

const TEXT = 'steps: [{id: a, run: a}]\non_abortion: [{id: f, run: f}]\n';

/** Finishes an attempt that was interrupted while it ran `a`, or that had ended. */
const finish = async ({ problem, ended = false }: { readonly problem?: string; readonly ended?: boolean } = {}) => {
  const source = { file: 'savepoint.yml', bytes: Buffer.from(TEXT) };
  const pipeline = valueOf(await readPipeline(source));
  const scene = createScene({});
  const asked: string[] = [];
  const before = recordRun();
  before.add(started('a'));
  if (ended) before.add({ type: 'run_failed', failed_step: 'a', error: 'x', warnings: [] });
  const environment = { workspace: '/w', workDir: '/w/.work', env: {}, hasProgram: () => true, pathDelimiter: ':' };
  const interrupted: InterruptedRun = {
    last: before.state(),
    begin: () => {
      asked.push('begin');
      if (problem !== undefined) return Promise.resolve(err(problem));
      return Promise.resolve(ok({ environment, ports: scene.ports, claim: () => Promise.resolve(true) }));
    },
    end: () => Promise.resolve(void asked.push('end')),
  };
  const host: Host = {
    source,
    load: () => Promise.reject(new Error('nothing is called')),
    givenInputs: {},
    selection: NO_SELECTION,
    facts: { github: {}, runner: {}, matrix: {} },
    env: {},
    scope: createAbortScope(),
    abortion: { when: 'now', limitMs: 30_000 },
    maxParallel: undefined,
    processors: 1,
    open: () => Promise.reject(new Error('is open already')),
  };
  const unused = (): Promise<never> => Promise.reject(new Error('not for an interrupted run'));
  const work = { last: undefined, interrupted, files: createMemoryFiles(), begin: unused, close: unused };
  return { result: await finishInterrupted(pipeline, host, work), asked, started: scene.started };
};

test('an interrupted attempt is cleaned up after and ended', async () => {
  const { result, asked, started } = await finish();
  expect(result.ok).toBe(true);
  expect(started).toEqual(['on_abortion/f']);
  expect(asked).toEqual(['begin', 'end']);
});

test('an attempt that had ended is left alone', async () => {
  const { result, asked } = await finish({ ended: true });
  expect(result.ok).toBe(true);
  expect(asked).toEqual([]);
});

test('a journal that cannot be opened is an error', async () => {
  const { result, started } = await finish({ problem: 'no room' });
  expect(errorOf(result)).toBe('no room');
  expect(started).toEqual([]);
});
