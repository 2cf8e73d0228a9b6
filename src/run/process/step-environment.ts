import { shortDigest } from '../../base/hash.js';
import type { Frame, FrameLayer } from '../../evaluate/context/export-frame.js';
import type { AttemptFiles } from '../context/ports.js';
import type { RunContext } from '../context/run-context.js';

/** What a process of a step gets on top of what the run inherited. */
export type ProcessLayers = {
  readonly path: string;
  /** Digest of the item and inputs it is for, so that an item which takes another's place has a key of its own. */
  readonly values: string;
  readonly frame: Frame;
  /** Exports of earlier commands of the same step. */
  readonly exported: FrameLayer;
  readonly declared: Readonly<Record<string, string>>;
  readonly attempt: number;
  /** What the process is told as its work directory; absolute. */
  readonly workDir: string;
  readonly files: AttemptFiles;
};

/** The whole environment of a process: inherited, exported upstream, declared, then what Savepoint itself says. */
export const processEnvironment = (layers: ProcessLayers, context: RunContext): Readonly<Record<string, string>> => {
  const { frame, exported, declared, files } = layers;
  const upstream = context.flatten(frame);
  const env = { ...context.environment.env, ...upstream.env, ...exported.env, ...declared };
  const path = [...exported.path.toReversed(), ...upstream.path];
  return {
    ...env,
    ...(path.length > 0 && {
      PATH: [...path, ...(env['PATH'] === undefined ? [] : [env['PATH']])].join(context.environment.pathDelimiter),
    }),
    GITHUB_OUTPUT: files.outputFile,
    GITHUB_ENV: files.envFile,
    GITHUB_PATH: files.pathFile,
    GITHUB_STEP_SUMMARY: files.summaryFile,
    SAVEPOINT_RUN_ID: context.runId,
    SAVEPOINT_WORK_DIR: layers.workDir,
    SAVEPOINT_STEP: layers.path,
    SAVEPOINT_ATTEMPT: String(layers.attempt),
    SAVEPOINT_RESUMED: String(context.resumed),
    SAVEPOINT_STEP_KEY: shortDigest(`${context.runId}\n${layers.path}${layers.values}`),
  };
};
