import { ok, type Result } from '../../base/result.js';
import { stepPath, type ContainerStep } from '../../language/model/pipeline.js';
import type { Frame, FrameLayer } from '../../evaluate/export-frame.js';
import { envDigest } from '../../evaluate/fingerprint.js';
import type { StepScope } from '../../evaluate/step-context.js';
import { evaluateEnv } from '../../evaluate/step-inputs.js';
import type { OpenContainer } from './container-work.js';
import { framesWith } from '../context/frames-with.js';
import type { Both, StepSite, RunContext, StepStart } from '../context/run-context.js';
import { learnSecrets } from '../context/secret-values.js';

type Env = Readonly<Record<string, string>>;

/** Evaluates the env of a container, and puts it around what the container evaluates and holds. */
export const openContainer = (step: ContainerStep, start: StepStart, context: RunContext): Result<OpenContainer> => {
  const env = evaluateBoth(step.env, start.scopes);
  if (!env.ok) return env;
  learnSecrets(env.value.live, context);
  const { limit: _limit, items: _items, ...around } = start.site;
  const site: StepSite = {
    ...around,
    env: envDigest(around.env, env.value.recorded),
    frames: framesWith(around.frames, envLayers(env.value)),
  };
  const scopes = {
    live: scopeIn(start.scopes.live, site.frames.live, context),
    recorded: scopeIn(start.scopes.recorded, site.frames.recorded, context),
  };
  return ok({ path: stepPath(site.list.path, step), start, site, scopes });
};

/** Declared env as steps see it, and as fingerprints do. */
export const evaluateBoth = (env: ContainerStep['env'], scopes: Both<StepScope>): Result<Both<Env>> => {
  const live = evaluateEnv(env, scopes.live);
  if (!live.ok) return live;
  const recorded = evaluateEnv(env, scopes.recorded);
  return recorded.ok ? ok({ live: live.value, recorded: recorded.value }) : recorded;
};

/** Declared env as a layer of the environment. */
export const envLayers = ({ live, recorded }: Both<Env>): Both<FrameLayer> => ({
  live: { env: live, path: [] },
  recorded: { env: recorded, path: [] },
});

const scopeIn = (scope: StepScope, frame: Frame, { flatten }: RunContext): StepScope => ({
  ...scope,
  context: (root, keys) => (root === 'env' ? flatten(frame).env : scope.context(root, keys)),
});
