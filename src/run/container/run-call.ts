import { err, ok, type Result } from '../../base/result.js';
import { shortDigest } from '../../base/hash.js';
import type { CallStep } from '../../language/model/pipeline.js';
import { callInputs, calledList, recordedCallInputs } from '../../evaluate/call-inputs.js';
import { envDigest, valuesDigest } from '../../evaluate/fingerprint.js';
import { fails, type OpenContainer, type Prepared } from './container-work.js';
import { framesWith } from '../context/frames-with.js';
import { envLayers, evaluateBoth } from './open-container.js';
import { ALL_WELL } from '../context/outputs.js';
import type { StepSite, Engine, RunContext } from '../context/run-context.js';
import { scopesAt } from '../context/scopes-at.js';
import { learnSecrets } from '../context/secret-values.js';

/** Runs the steps of another file, in a work directory of their own. */
export const prepareCall = (step: CallStep, open: OpenContainer, { context, runList }: Engine): Prepared => {
  const inner = callSite(step, open, context);
  if (!inner.ok) return err(fails(inner.error));
  const { workDir } = inner.value;
  const made = context.files.makeFolders([workDir, ...step.called.directories.map((folder) => `${workDir}/${folder}`)]);
  if (!made.ok) {
    return err({ kind: 'fails', status: 'errored', error: `its work directory cannot be made: ${made.error}` });
  }
  return ok({
    values: inner.value.values,
    keepsChoice: false,
    outputs: step.called.outputs,
    run: async (scope) => ({ ...(await runList({ ...inner.value, scope }, context)), site: inner.value }),
    inner: inner.value,
  });
};

/** Where the steps of a called pipeline run; an error where an input or the env of its file has no value. */
export const callSite = (
  step: CallStep,
  { path, site, scopes }: Pick<OpenContainer, 'path' | 'site' | 'scopes'>,
  context: RunContext,
): Result<StepSite> => {
  const live = callInputs(step, scopes.live);
  if (!live.ok) return live;
  const recorded = recordedCallInputs(step, scopes.recorded);
  if (!recorded.ok) return recorded;
  const list = calledList(step, path, { live: live.value, recorded: recorded.value });
  const inner: StepSite = {
    ...site,
    list,
    values: valuesDigest(site.values, recorded.value.inputs),
    failure: step.called.failure,
    workDir: `${context.environment.workDir}/calls/${callFolder(path)}`,
  };
  const env = evaluateBoth(step.called.env, scopesAt({ list, frames: inner.frames, status: ALL_WELL }, context));
  if (!env.ok) return err(`${step.called.file}: ${env.error}`);
  learnSecrets(env.value.live, context);
  return ok({
    ...inner,
    env: envDigest(inner.env, env.value.recorded),
    frames: framesWith(inner.frames, envLayers(env.value)),
  });
};

const LONGEST_NAME = 100;

/**
 * The folder of a call below `calls/`: its path with dots between the segments, which no id holds; with a digest where
 * that does not fit a file name.
 */
export const callFolder = (path: string): string => {
  const name = path.replaceAll(/[/[]/g, '.').replaceAll(']', '');
  if (name.length <= LONGEST_NAME && /^[\w.-]+$/.test(name)) return name;
  return `${name.replaceAll(/[^\w.-]+/g, '-').slice(0, LONGEST_NAME)}.${shortDigest(path)}`;
};
