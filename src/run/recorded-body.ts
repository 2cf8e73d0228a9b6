import { ok, type Result } from '../base/result.js';
import type { ContainerStep } from '../language/pipeline.js';
import { withLayer } from '../plan/export-frame.js';
import { listScope, scopeAt } from '../plan/step-context.js';
import { evaluateEnv } from '../plan/step-inputs.js';
import { ALL_WELL } from './outputs.js';
import type { RecordedList } from './owed-abortion.js';
import type { Both, ListPlace, RunContext } from './run-context.js';
import { learnSecrets } from './secret-values.js';

/** A container, with the place that it began in. */
export type RecordedHolder = { readonly step: ContainerStep; readonly around: ListPlace };

/** Where the list of a container stood: in its env, and with the values that it brought. An error where an expression raises. */
export const bodyPlace = (
  list: RecordedList,
  { step, around }: RecordedHolder,
  context: RunContext,
): Result<ListPlace> => {
  const env = evaluateBoth(step, around, context);
  if (!env.ok) return env;
  learnSecrets(env.value.live, context);
  return ok({
    ...around,
    list: listScope(list.path, list.steps, around.list),
    frames: {
      live: withLayer(around.frames.live, { env: env.value.live, path: [] }),
      recorded: withLayer(around.frames.recorded, { env: env.value.recorded, path: [] }),
    },
  });
};

const evaluateBoth = (
  step: ContainerStep,
  { list, frames }: ListPlace,
  { live, recorded, flatten }: RunContext,
): Result<Both<Readonly<Record<string, string>>>> => {
  const at = { list, step, status: ALL_WELL };
  const seen = evaluateEnv(step.env, scopeAt({ ...at, env: () => flatten(frames.live).env }, live));
  if (!seen.ok) return seen;
  const kept = evaluateEnv(step.env, scopeAt({ ...at, env: () => flatten(frames.recorded).env }, recorded));
  return kept.ok ? ok({ live: seen.value, recorded: kept.value }) : kept;
};
