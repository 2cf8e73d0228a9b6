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

/** Where a list of steps, or a step in it, stands: what its expressions see, and what its fingerprint takes from around it. */
export type Site = {
  readonly list: ListScope;
  readonly frames: Both<Frame>;
  /** Digest of the env declared around it. */
  readonly env: string;
  /** Digest of the items and inputs that it is for; empty for none. */
  readonly values: string;
  /** Digest of what it needs. */
  readonly needs: string;
};

/** Where expressions get their values from. `flatten` gives everything that a frame adds up to. */
export type Sources = Both<ValueSource> & { readonly flatten: (frame: Frame) => FrameLayer };

/** The status functions where nothing has failed. */
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

/** The environment a step starts from: what its needs left, or its list's where it needs nothing. */
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

/** Why something has no value: as steps see it, or as fingerprints do. Both absent: it has one. */
export type Problems = Partial<Both<string>>;

/** Declared env. What has no value is left out of it, and `problems` says why. */
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

/** The errors of a value that was evaluated for both. */
export const problemsOf = (live: Result<unknown>, recorded: Result<unknown>): Problems => ({
  ...(!live.ok && { live: live.error }),
  ...(!recorded.ok && { recorded: recorded.error }),
});

/** The first problem of each, in the order given. */
export const firstProblems = (
  first: Problems,
  then: { readonly [Side in keyof Problems]: string | undefined },
): Problems => {
  const [live, recorded] = [first.live ?? then.live, first.recorded ?? then.recorded];
  return { ...(live !== undefined && { live }), ...(recorded !== undefined && { recorded }) };
};

/** The top list of a pipeline, in the environment of its secrets as they were inherited; its own env is not in it yet. */
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
