import type { Pipeline } from '../../src/language/model/pipeline.js';
import { createAbortScope, type AbortScope } from '../../src/run/context/abort-scope.js';
import { runDeferredCleanup } from '../../src/run/deferred-cleanup.js';
import { foldEvents } from '../../src/state/apply-event.js';
import type { RunEvent } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { createMemoryFiles } from '../plan/memory-files.js';
import { fallbacks, script } from '../plan/pipeline-builder.js';
import { settle } from '../rig/settle.js';
import { waits } from './acts.js';
import { startEngine } from './engine.js';
import { createScene, type Machine, type Scene } from './scene.js';

/** Every fallback, of one step each. */
export const ALL = fallbacks({
  on_started: [script('f')],
  on_success: [script('f')],
  on_failure: [script('f')],
  on_abortion: [script('f')],
  finally: [script('f')],
});

/** Those of an abortion. */
export const CLEANING = fallbacks({ on_abortion: [script('f')], finally: [script('f')] });

/** What came late to a run. */
export type Late = Scene & {
  readonly scope: AbortScope;
  readonly ended: Promise<RunState>;
  readonly asked: readonly string[];
};

type Situation = Machine & { readonly claim?: boolean; readonly env?: Readonly<Record<string, string>> };

/** Starts what comes late to a run of which only these events are known. */
export const startLate = async (
  file: Pipeline,
  events: readonly RunEvent[],
  situation: Situation = {},
): Promise<Late> => {
  const last = foldEvents(events);
  if (last === undefined) throw new Error('nothing has started');
  const scene = createScene(situation);
  const scope = createAbortScope();
  const asked: string[] = [];
  const ended = runDeferredCleanup({
    pipeline: file,
    last,
    inputs: last.inputs,
    environment: {
      workspace: '/workspace',
      workDir: '/workspace/.work',
      env: { PATH: '/bin', ...situation.env },
      hasProgram: () => true,
      pathDelimiter: ':',
    },
    facts: { github: {}, runner: {}, matrix: {} },
    files: createMemoryFiles(),
    ports: scene.ports,
    scope,
    claim: () => {
      asked.push(scene.journal.events.at(-1)?.type ?? '');
      return Promise.resolve(situation.claim ?? true);
    },
  });
  await settle();
  return { ...scene, scope, ended, asked };
};

/** The same, to its end. */
export const runLate = async (...args: Parameters<typeof startLate>): Promise<Late & { readonly state: RunState }> => {
  const late = await startLate(...args);
  return { ...late, state: await late.ended };
};

/** The events of a run up to where it was killed while these steps ran. */
export const killedIn = async (file: Pipeline, ...running: readonly string[]): Promise<readonly RunEvent[]> => [
  ...(await startEngine(file, { act: waits(...running), maxParallel: 9 })).journal.events,
];
