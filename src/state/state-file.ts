import type { Json } from '../base/stable-json.js';
import { never } from '../base/assert.js';
import { FORMAT_VERSION } from './journal-format.js';
import { isInFallback } from './in-fallback.js';
import type { Choice, FallbackRecord, RunState, StepRecord } from './run-state.js';

/** The text of `.work/pipeline-state.json`: the current state for people and tools; see `docs/format.md`. */
export const renderStateFile = (state: RunState): string => `${JSON.stringify(stateJson(state), undefined, 2)}\n`;

const stateJson = (state: RunState): Json => {
  const records = [...state.steps.values()];
  const running = records.filter((record) => isRunning(record, state)).map(({ path }) => path);
  return {
    version: FORMAT_VERSION,
    run_id: state.runId,
    pipeline: state.pipeline,
    file: state.file,
    status: state.status,
    attempt: state.attempt,
    started_at: isoTime(state.startedAt),
    updated_at: isoTime(state.updatedAt),
    current_step: running.at(-1) ?? null,
    running_steps: running,
    completed_steps: records.filter(isCompleted).map(({ path }) => path),
    results: records.filter(hasResult).map(resultJson),
    steps: Object.fromEntries(records.map((record) => [record.path, stepJson(record)])),
    fallbacks: Object.fromEntries([...state.fallbacks].map(([path, record]) => [path, fallbackJson(record)])),
    inputs: state.inputs,
    outputs: state.outputs,
    ...exportsJson(records),
    warnings: state.warnings,
    commit: state.commit ?? null,
  };
};

/** A step that an earlier attempt left running was interrupted. */
const isRunning = ({ status, runAttempt }: StepRecord, { attempt }: RunState): boolean =>
  status === 'running' && runAttempt === attempt;

/** Whether a record says that a step's work is done: it succeeded, or its failure was tolerated. */
export const isCompleted = (record: StepRecord): boolean => record.status === 'succeeded' || record.tolerated;

const hasResult = ({ status }: StepRecord): boolean => status !== 'running' && status !== 'skipped';

const resultJson = (record: StepRecord): Json => ({
  step: record.path,
  success: isCompleted(record),
  duration: record.durationMs / 1000,
  error: record.error === undefined || record.status === 'succeeded' ? null : record.error,
  attempt: record.runAttempt,
  status: record.status,
  exit_code: record.exitCode ?? null,
  marks: marksOf(record),
});

/** The marks of a result in addition to its status. */
export const marksOf = (record: StepRecord): readonly string[] => [
  ...(isFlaky(record) ? ['flaky'] : []),
  ...(record.tolerated ? ['tolerated'] : []),
  ...(record.restored ? ['restored'] : []),
];

/** Whether a step succeeded after its first attempt had failed. */
export const isFlaky = ({ status, tries }: StepRecord): boolean => status === 'succeeded' && tries > 1;

const stepJson = (record: StepRecord): Json => ({
  name: record.name,
  status: record.status,
  attempt: record.runAttempt,
  tries: record.tries,
  because: record.because,
  started_at: isoTime(record.startedAt),
  ...(record.cause !== undefined && { aborted_by: record.cause }),
  ...(record.choice !== undefined && choiceJson(record.choice)),
  ...(record.warnings.length > 0 && { warnings: record.warnings }),
  ...(Object.keys(record.outputs).length > 0 && { outputs: record.outputs }),
  ...(record.withheld.length > 0 && { withheld: record.withheld }),
});

/** A container's choice, for tools: its arm, or the number of iterations or items. */
export const choiceJson = (choice: Choice): Readonly<Record<string, Json>> => {
  switch (choice.kind) {
    case 'arm':
      return { arm: choice.arm };
    case 'iterations':
      return { iterations: choice.count };
    case 'items':
      return { items: choice.items.length };
    default:
      return never(choice);
  }
};

const fallbackJson = (record: FallbackRecord): Json => ({
  status: record.status,
  attempt: record.runAttempt,
  started_at: isoTime(record.startedAt),
  duration: record.durationMs / 1000,
  error: record.error ?? null,
});

/** Exports of steps in fallbacks stay in their fallback. */
const exportsJson = (records: readonly StepRecord[]): { readonly env: Json; readonly path: Json } => {
  const env: Record<string, string> = {};
  const path: string[] = [];
  for (const { exports, path: step } of records) {
    if (exports === undefined || isInFallback(step)) continue;
    Object.assign(env, exports.env);
    path.push(...exports.path);
  }
  return { env, path };
};

const isoTime = (ms: number): string => new Date(ms).toISOString();
