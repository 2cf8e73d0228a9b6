import { ok, type Result } from '../base/result.js';
import type { Pipeline } from '../language/model/pipeline.js';
import { readInputs } from '../language/read/inputs.js';
import { cleanupLimitMs } from './context/cleanup-scope.js';
import { runDeferredCleanup } from './deferred-cleanup.js';
import { pendingCleanup } from './fallback/pending-cleanup.js';
import { slotsFor, type Host, type OpenWork } from './host.js';

/** Runs the cleanup of an interrupted attempt and ends that attempt, before anything else happens. */
export const finishInterrupted = async (
  pipeline: Pipeline,
  host: Host,
  { interrupted, last, files }: OpenWork,
): Promise<Result<void>> => {
  if (interrupted === undefined || pendingCleanup(pipeline, interrupted.last) === undefined) return ok(undefined);
  const begun = await interrupted.begin();
  if (!begun.ok) return begun;
  const remembered = interrupted.last.inputs;
  const inputs = readInputs(pipeline, interrupted.last === last ? host.givenInputs : {}, remembered);
  await runDeferredCleanup({
    pipeline,
    last: interrupted.last,
    inputs: inputs.ok ? inputs.value : remembered,
    facts: host.facts,
    files,
    scope: host.scope,
    maxParallel: slotsFor(pipeline, host),
    limitMs: cleanupLimitMs(host.abortion),
    ...begun.value,
  });
  await interrupted.end();
  return ok(undefined);
};
