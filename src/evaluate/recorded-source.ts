import type { Json } from '../base/stable-json.js';
import { isPlainObject } from '../base/stable-json.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import { isContainer, type Step } from '../language/model/pipeline.js';
import { EMPTY_LAYER, mergeLayers, type FrameLayer } from './context/export-frame.js';
import { childrenOf } from './inner-list.js';
import { standIns, type ValueSource } from './context/step-context.js';

/**
 * The values a fingerprint may depend on: the live ones, but with fixed text for secrets, `run.*` and
 * `github.run_attempt`, and with the records that later steps rely on. So a rotated secret, a new attempt or a
 * refreshed step changes no fingerprint.
 */
export const recordedSource = (source: ValueSource, secrets: readonly string[]): ValueSource => ({
  ...source,
  side: 'recorded',
  record: (path) => reliedOn(source.record(path)),
  outputs: recordedOutputs,
  hidden: new Set(secrets),
  run: { id: 'run.id', attempt: 'run.attempt', resumed: 'run.resumed' },
  facts: { ...source.facts, github: withoutAttempt(source.facts.github) },
});

/** Stored outputs, with a stand-in for each withheld one. */
export const recordedOutputs = (record: StepRecord): Readonly<Record<string, Json>> =>
  record.withheld.length === 0 ? record.outputs : { ...record.outputs, ...standIns(record.withheld) };

/** Stored exports of a step, or of all steps in a container in file order, with stand-ins for withheld ones. */
export const recordedLayer = (step: Step, path: string, record: ValueSource['record']): FrameLayer => {
  const { status, exports } = reliedOn(record(path)) ?? {};
  if (status === 'skipped') return EMPTY_LAYER;
  if (isContainer(step)) {
    return mergeLayers(childrenOf(step, path, record).map((child) => recordedLayer(child.step, child.path, record)));
  }
  if (exports === undefined) return EMPTY_LAYER;
  return { env: { ...exports.env, ...standIns(exports.withheld ?? []) }, path: exports.path };
};

const withoutAttempt = (github: Json): Json =>
  isPlainObject(github) ? { ...(github as Readonly<Record<string, Json>>), run_attempt: 'github.run_attempt' } : github;
