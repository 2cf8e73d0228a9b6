import type { Result } from '../../base/result.js';
import type { Pipeline, Step, Template } from '../../language/model/pipeline.js';
import { envDigest } from './digests.js';
import { EMPTY_FRAME, joinFrames, withLayer, type Frame, type FrameLayer } from './export-frame.js';
import { evaluateEnv } from './step-inputs.js';
import {
  listScope,
  scopeAt,
  standIns,
  type ListScope,
  type StatusView,
  type StepScope,
  type ValueSource,
} from './step-context.js';

/** A value twice: as steps see it, and as fingerprints see it, with stand-ins for secrets. */
export type Both<T> = { readonly live: T; readonly recorded: T };

/** Environment variables by name. */
export type Env = Readonly<Record<string, string>>;

/** The surroundings of a list or step: the scope and env of its expressions, and digests for its fingerprint. */
export type Site = {
  readonly list: ListScope;
  readonly frames: Both<Frame>;
  /** Digest of the env declared around it. */
  readonly env: string;
  /** Digest of the items and inputs around it; empty for none. */
  readonly values: string;
  /** Digest of its needs. */
  readonly needs: string;
};

/** The value sources of expressions. `flatten` merges all layers of a frame into one. */
export type Sources = Both<ValueSource> & { readonly flatten: (frame: Frame) => FrameLayer };

/** The status functions when nothing has failed. */
export const ALL_WELL: StatusView = { success: true, failure: false };

/** The scopes that evaluate the expressions of a step at a site, or of its list as a whole. */
export const scopesAt = (
  { list, frames }: Pick<Site, 'list' | 'frames'>,
  { status = ALL_WELL, step }: { readonly status?: StatusView; readonly step?: Step },
  { live, recorded, flatten }: Sources,
): Both<StepScope> => {
  const view = { list, status, ...(step !== undefined && { step }) };
  return {
    live: scopeAt({ ...view, env: () => flatten(frames.live).env }, live),
    recorded: scopeAt({ ...view, env: () => flatten(frames.recorded).env }, recorded),
  };
};

/** The environment with a layer on top. */
export const framesWith = (frames: Both<Frame>, layers: Both<FrameLayer>): Both<Frame> => ({
  live: withLayer(frames.live, layers.live),
  recorded: withLayer(frames.recorded, layers.recorded),
});

/** The environment a step starts from: the joined frames of its needs, or the frame of its list without needs. */
export const framesAfter = (needs: readonly Both<Frame>[], ofList: Both<Frame>): Both<Frame> =>
  needs.length === 0
    ? ofList
    : {
        live: joinFrames(needs.map(({ live }) => live)),
        recorded: joinFrames(needs.map(({ recorded }) => recorded)),
      };

/** The site with declared env on top. */
export const withEnv = <S extends Site>(site: S, { live, recorded }: Both<Env>): S => ({
  ...site,
  env: envDigest(site.env, recorded),
  frames: framesWith(site.frames, { live: { env: live, path: [] }, recorded: { env: recorded, path: [] } }),
});

/** Why evaluation failed for steps or for fingerprints; both absent if it succeeded. */
export type Problems = Partial<Both<string>>;

/** Declared env, and the problems of evaluating it. */
export type DeclaredEnv = { readonly env: Both<Env>; readonly problems: Problems };

/** Evaluates declared env as steps see it, and as fingerprints do. */
export const evaluateBoth = (env: Readonly<Record<string, Template>>, scopes: Both<StepScope>): DeclaredEnv => {
  const live = evaluateEnv(env, scopes.live);
  const recorded = evaluateEnv(env, scopes.recorded);
  return {
    env: {
      live: live.ok ? live.value : recorded.ok ? recorded.value : {},
      recorded: recorded.ok ? recorded.value : {},
    },
    problems: problemsOf(live, recorded),
  };
};

/** The errors of a value evaluated for both sides. */
export const problemsOf = (live: Result<unknown>, recorded: Result<unknown>): Problems => ({
  ...(!live.ok && { live: live.error }),
  ...(!recorded.ok && { recorded: recorded.error }),
});

/** The first problem of each side, in the order given. */
export const firstProblems = (
  first: Problems,
  then: { readonly [Side in keyof Problems]: string | undefined },
): Problems => {
  const [live, recorded] = [first.live ?? then.live, first.recorded ?? then.recorded];
  return { ...(live !== undefined && { live }), ...(recorded !== undefined && { recorded }) };
};

/** The top list of a pipeline in the environment of its inherited secrets, without the env of the pipeline. */
export const topSite = ({ steps, secrets }: Pipeline, inherited: Env): Site => ({
  list: listScope('', steps),
  frames: framesWith(
    { live: EMPTY_FRAME, recorded: EMPTY_FRAME },
    { live: { env: inherited, path: [] }, recorded: { env: standIns(secrets), path: [] } },
  ),
  env: '',
  values: '',
  needs: '',
});

/** The top list of a pipeline in the env that the pipeline declares; `declared` is that env as steps see it. */
export const enterPipeline = (
  pipeline: Pipeline,
  inherited: Env,
  sources: Sources,
): { readonly site: Site; readonly problems: Problems; readonly declared: Env } => {
  const top = topSite(pipeline, inherited);
  const { env, problems } = evaluateBoth(pipeline.env, scopesAt(top, {}, sources));
  return { site: withEnv(top, env), problems, declared: env.live };
};
