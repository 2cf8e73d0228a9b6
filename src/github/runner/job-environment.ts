import { addPath, exportVariable, setOutput } from '@actions/core';
import { mergeLayers, type FrameLayer } from '../../evaluate/context/export-frame.js';
import { err, ok, type Result } from '../../base/result.js';
import type { OutputName } from './job-outputs.js';
import { isInFallback } from '../../state/in-fallback.js';
import { reliedOn, type RunState } from '../../state/run-state.js';

/**
 * Exports the environment that steps of a run exported to the later steps of the job. The runner prepends each path, so
 * they are searched in the same order as in the run's own steps.
 */
export const exportToJob = ({ env, path }: FrameLayer): Result<void> =>
  handOn('cannot export to the job', () => {
    for (const [name, value] of Object.entries(env)) exportVariable(name, value);
    for (const entry of path) addPath(entry);
  });

/** Sets the outputs of the action. */
export const giveOutputs = (outputs: Readonly<Record<OutputName, string>>): Result<void> =>
  handOn('the outputs of this step cannot be written', () => {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  });

/** Writing can fail, because steps can remove the runner's files. */
const handOn = (what: string, calls: () => void): Result<void> => {
  try {
    calls();
    return ok(undefined);
  } catch (error) {
    return err(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/**
 * The recorded exports of a run's steps, in step order, without values that hold a secret. Exports of fallback steps stay
 * in their fallback.
 */
export const recordedExports = (state: RunState): FrameLayer =>
  mergeLayers(
    [...state.steps.values()].flatMap((record) => {
      const exports = reliedOn(record)?.exports;
      return exports === undefined || isInFallback(record.path) ? [] : [{ env: exports.env, path: exports.path }];
    }),
  );
