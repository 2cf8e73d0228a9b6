import { ok, type Result } from '../../base/result.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import { EMPTY_FRAME, flattenFrame, withLayer, type Frame } from '../../evaluate/export-frame.js';
import { envDigest } from '../../evaluate/fingerprint.js';
import { standIns } from '../../evaluate/recorded-source.js';
import { listScope, scopeAt, type ListScope, type ValueSource } from '../../evaluate/step-context.js';
import { evaluateEnv } from '../../evaluate/step-inputs.js';
import { ALL_WELL } from '../context/outputs.js';
import type { StepSite, RunEnvironment, RunContext } from '../context/run-context.js';
import { learnDeclaredSecrets, learnSecrets } from '../context/secret-values.js';

/**
 * Where the top list starts: the secrets that were inherited, then the pipeline's own env. It learns what is to be hidden,
 * so it comes before the first event. An error when the env cannot be evaluated.
 */
export const rootSite = (context: RunContext): Result<StepSite> => {
  const { pipeline, environment, scope } = context;
  learnSecrets(environment.env, context);
  const list = listScope('', pipeline.steps);
  const inherited = withLayer(EMPTY_FRAME, { env: setSecrets(pipeline, environment), path: [] });
  const hidden = withLayer(EMPTY_FRAME, { env: standIns(pipeline.secrets), path: [] });
  const live = evaluateEnv(pipeline.env, viewFrom(list, inherited, context.live));
  if (!live.ok) return live;
  learnSecrets(live.value, context);
  learnDeclaredSecrets(context, viewFrom(list, inherited, context.live));
  const recorded = evaluateEnv(pipeline.env, viewFrom(list, hidden, context.recorded));
  if (!recorded.ok) return recorded;
  return ok({
    list,
    scope,
    env: envDigest('', recorded.value),
    values: '',
    needs: '',
    failure: pipeline.failure,
    workDir: environment.workDir,
    frames: {
      live: withLayer(inherited, { env: live.value, path: [] }),
      recorded: withLayer(hidden, { env: recorded.value, path: [] }),
    },
  });
};

const viewFrom = (list: ListScope, frame: Frame, source: ValueSource): ReturnType<typeof scopeAt> =>
  scopeAt({ list, env: () => flattenFrame(frame).env, status: ALL_WELL }, source);

const setSecrets = ({ secrets }: Pipeline, { env }: RunEnvironment): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
