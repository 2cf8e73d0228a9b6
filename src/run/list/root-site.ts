import { err, ok, type Result } from '../../base/result.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import { enterPipeline, scopesAt, topSite } from '../../evaluate/context/site.js';
import type { RunContext, RunEnvironment, StepSite } from '../context/run-context.js';
import { learnDeclaredSecrets, learnSecrets } from '../context/secret-values.js';

/**
 * The site of the top list: the inherited secrets, then the pipeline's env. It also learns which values to mask, so
 * call it before the first event. An error if the env cannot be evaluated.
 */
export const rootSite = (context: RunContext): Result<StepSite> => {
  const { pipeline, environment, scope } = context;
  learnSecrets(environment.env, context);
  const inherited = setSecrets(pipeline, environment);
  const { site, problems, declared } = enterPipeline(pipeline, inherited, context);
  if (problems.live !== undefined) return err(problems.live);
  learnSecrets(declared, context);
  learnDeclaredSecrets(context, scopesAt(topSite(pipeline, inherited), {}, context).live);
  if (problems.recorded !== undefined) return err(problems.recorded);
  return ok({ ...site, scope, failure: pipeline.failure, workDir: environment.workDir });
};

const setSecrets = ({ secrets }: Pipeline, { env }: RunEnvironment): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
