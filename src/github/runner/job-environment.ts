import { addPath, exportVariable, setOutput } from '@actions/core';
import { mergeLayers, type FrameLayer } from '../../evaluate/context/export-frame.js';
import { err, ok, type Result } from '../../base/result.js';
import type { OutputName } from './job-outputs.js';
import { isInFallback } from '../../state/in-fallback.js';
import { reliedOn, type RunState } from '../../state/run-state.js';

/**
 * Gives the later steps of the job what the steps of a run exported. The runner puts each path before the ones it has, so
 * that they are searched in the order in which the run's own steps searched them.
 */
export const exportToJob = ({ env, path }: FrameLayer): Result<void> =>
  handOn('cannot export to the job', () => {
    for (const [name, value] of Object.entries(env)) exportVariable(name, value);
    for (const entry of path) addPath(entry);
  });

/** Gives the later steps of the job the outputs of this one. */
export const giveOutputs = (outputs: Readonly<Record<OutputName, string>>): Result<void> =>
  handOn('the outputs of this step cannot be written', () => {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  });

/** The runner's files lie where steps can remove them. */
const handOn = (what: string, calls: () => void): Result<void> => {
  try {
    calls();
    return ok(undefined);
  } catch (error) {
    return err(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/**
 * What a run's steps exported, as far as it is recorded: without values that hold a secret. In the order of the steps; what
 * those of fallbacks exported stays in their fallback.
 */
export const recordedExports = (state: RunState): FrameLayer =>
  mergeLayers(
    [...state.steps.values()].flatMap((record) => {
      const exports = reliedOn(record)?.exports;
      return exports === undefined || isInFallback(record.path) ? [] : [{ env: exports.env, path: exports.path }];
    }),
  );
