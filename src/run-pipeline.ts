import { readInputs } from './language/read/inputs.js';
import type { Pipeline } from './language/model/pipeline.js';
import { renderHeadline } from './language/yaml/render-diagnostic.js';
import { readPipeline } from './language/read-pipeline.js';
import { inheritedSecrets, planRun } from './plan/plan-run.js';
import { finishInterrupted } from './run/finish-interrupted.js';
import { slotsFor, type Host, type OpenWork, type RunResult } from './run/host.js';
import { runPlan } from './run/run-plan.js';
import { isFinished } from './state/run-state.js';

/** The whole product: reads a pipeline file, plans it and runs the plan. Start reading here. */
export const runPipeline = async (host: Host): Promise<RunResult> => {
  const pipeline = await readPipeline(host.source, host.load);
  if (!pipeline.ok) return { kind: 'invalid', diagnostics: pipeline.error };
  const opened = await host.open(pipeline.value);
  if (!opened.ok) return { kind: 'refused', message: opened.error };
  try {
    return await runOpened(pipeline.value, host, opened.value);
  } finally {
    await opened.value.close();
  }
};

const runOpened = async (pipeline: Pipeline, host: Host, work: OpenWork): Promise<RunResult> => {
  const inputs = readInputs(pipeline, host.givenInputs, work.last?.inputs ?? {});
  if (!inputs.ok) return { kind: 'invalid', diagnostics: inputs.error };
  const ended = await finishInterrupted(pipeline, host, work);
  if (!ended.ok) return { kind: 'refused', message: ended.error };
  const { selection, facts } = host;
  const common = { pipeline, inputs: inputs.value, last: work.last, facts, files: work.files };
  const secrets = inheritedSecrets(pipeline, host.env);
  const plan = await planRun({ ...common, selection, secrets });
  if (!plan.ok) return { kind: 'refused', message: plan.error };
  if (work.last !== undefined && !plan.value.hasWork && isFinished(work.last)) {
    return { kind: 'nothing-to-do', state: work.last };
  }
  const begun = await work.begin();
  if (!begun.ok) return { kind: 'refused', message: begun.error };
  for (const warning of pipeline.warnings) begun.value.ports.display.warning(renderHeadline(warning));
  const ending = await runPlan({
    ...common,
    plan: plan.value,
    scope: host.scope,
    abortion: host.abortion,
    maxParallel: slotsFor(pipeline, host),
    ...begun.value,
  });
  return { kind: 'ended', ...ending };
};
