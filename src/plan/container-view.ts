import type { Result } from '../base/result.js';
import { stepPath, type CallStep, type ContainerStep } from '../language/model/pipeline.js';
import { callInputs, calledList, recordedCallInputs, type GivenToCall } from '../evaluate/call-inputs.js';
import { liveScope } from './decide-skipped.js';
import { withLayer, type Frame } from '../evaluate/export-frame.js';
import { envDigest, valuesDigest } from '../evaluate/fingerprint.js';
import { viewOf, type Planning, type PlanSite } from './planning.js';
import { scopeAt, type ListScope, type StepScope } from '../evaluate/step-context.js';
import { evaluateEnv } from '../evaluate/step-inputs.js';
import { choiceDigest } from '../evaluate/values-read.js';

/** What a container depends on by itself, as far as it is known while planning. */
export type ContainerView = {
  /** Why its env or its inputs have no value; undefined when they have. */
  readonly problem: string | undefined;
  /** Where its own expression is evaluated. */
  readonly live: StepScope;
  /** Digests down to its own, for its fingerprint. */
  readonly own: { readonly env: string; readonly values: string };
  /** What its steps take over. */
  readonly inner: { readonly env: string; readonly values: string; readonly frame: Frame };
  /** Of a called pipeline: its list, which has nothing around it. */
  readonly called?: ListScope;
};

/** Evaluates the env of a container, what its expression reads, and the inputs of a call. */
export const viewContainer = (step: ContainerStep, site: PlanSite, planning: Planning): ContainerView => {
  const { list, base } = site;
  const declared = evaluateEnv(step.env, scopeAt(viewOf(list, base.frame, step), planning.source));
  const env = declared.ok ? declared.value : {};
  const frame = withLayer(base.frame, { env, path: [] });
  const view = viewOf(list, frame, step);
  const recorded = scopeAt(view, planning.source);
  const plain: ContainerView = {
    problem: problemOf(declared),
    live: liveScope(view, planning),
    own: {
      env: envDigest(base.env, env),
      values: choiceDigest(step, { scope: recorded, outer: base.values }),
    },
    inner: { env: envDigest(base.env, env), values: base.values, frame },
  };
  return step.kind === 'pipeline'
    ? viewCall(step, { path: stepPath(list.path, step), plain, recorded }, planning)
    : plain;
};

const NOTHING_GIVEN: GivenToCall = { inputs: {}, defaults: {} };

type CallView = { readonly path: string; readonly plain: ContainerView; readonly recorded: StepScope };

const viewCall = (step: CallStep, { path, plain, recorded }: CallView, planning: Planning): ContainerView => {
  const inputs = recordedCallInputs(step, recorded);
  const given = inputs.ok ? inputs.value : NOTHING_GIVEN;
  const live = callInputs(step, plain.live);
  const called = calledList(step, path, { live: live.ok ? live.value : given, recorded: given });
  const declared = evaluateEnv(step.called.env, scopeAt(viewOf(called, plain.inner.frame), planning.source));
  const env = declared.ok ? declared.value : {};
  const values = valuesDigest(plain.own.values, given.inputs);
  return {
    ...plain,
    problem: plain.problem ?? problemOf(inputs) ?? problemOf(declared),
    own: { ...plain.own, values },
    inner: {
      env: envDigest(plain.inner.env, env),
      values,
      frame: withLayer(plain.inner.frame, { env, path: [] }),
    },
    called,
  };
};

const problemOf = (result: Result<unknown>): string | undefined => (result.ok ? undefined : result.error);
