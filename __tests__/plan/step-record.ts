import { EMPTY_FRAME } from '../../src/evaluate/context/export-frame.js';
import { listScope } from '../../src/evaluate/context/step-context.js';
import type { PlanSite } from '../../src/plan/planning.js';
import type { StepRecord } from '../../src/state/run-state.js';

/** What is recorded of a step that succeeded in attempt 1 and left nothing. */
export const stepRecord = (details: Partial<StepRecord> = {}): StepRecord => ({
  path: 's',
  kind: 'script',
  name: 's',
  status: 'succeeded',
  runAttempt: 1,
  tries: 1,
  because: 'a fresh run',
  startedAt: 0,
  durationMs: 0,
  since: 1,
  fingerprint: { definition: 'd', directory: 'w', env: 'e', values: '', reads: 'r', needs: 'n' },
  tolerated: false,
  restored: false,
  outputs: {},
  withheld: [],
  warnings: [],
  unfinishedSince: undefined,
  ...details,
});

/** Where a list starts that takes nothing over. */
export const TOP_SITE: PlanSite = {
  list: listScope('', []),
  env: '',
  values: '',
  needs: '',
  frames: { live: EMPTY_FRAME, recorded: EMPTY_FRAME },
  since: 0,
  stale: undefined,
  tolerated: false,
};
