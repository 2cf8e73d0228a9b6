import { framesAfter, framesWith } from '../evaluate/context/site.js';
import { invariant } from '../base/assert.js';
import { err, ok, type Result } from '../base/result.js';
import { isContainer, isWithin, stepPath } from '../language/model/pipeline.js';
import { enterContainer } from '../evaluate/enter-container.js';
import { executionOrder } from '../evaluate/context/graph.js';
import { INTERRUPTED } from '../state/apply-fallback.js';
import { isInFallback } from '../state/in-fallback.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import { listSite } from './container/container-work.js';
import { learnSecrets } from './context/secret-values.js';
import { failureOf } from './fallback/fire-fallbacks.js';
import { keptLayers } from './step/not-run.js';
import type { RecordedList, RecordedOwner, RecordedStep } from './fallback/pending-cleanup.js';
import type { FallbackOwner, StepSite, ListSum, RunContext } from './context/run-context.js';
import { fallbackSite } from './fallback/run-fallback.js';

/** Sites of an ended run attempt, rebuilt from its records; an error if an expression fails to evaluate. */
export type RecordedSites = {
  readonly ownerAt: (owner: RecordedOwner) => Result<FallbackOwner>;
  /** How an owner ended, as far as its fallbacks see it. */
  readonly endingOf: (owner: RecordedOwner) => ListSum;
};

/** Rebuilds sites from the top of the pipeline down, each list once. */
export const createRecordedSites = (root: StepSite, context: RunContext): RecordedSites =>
  new Rebuilding(root, context);

class Rebuilding implements RecordedSites {
  readonly #root: StepSite;
  readonly #context: RunContext;
  readonly #lists = new Map<RecordedList, Result<StepSite>>();
  readonly #frames = new Map<RecordedList, readonly StepFrames[]>();

  constructor(root: StepSite, context: RunContext) {
    this.#root = root;
    this.#context = context;
  }

  readonly ownerAt = ({ path, fallbacks, of }: RecordedOwner): Result<FallbackOwner> => {
    const site = 'body' in of ? this.#siteAfter(of.body) : this.#siteOf(of.step, 'after');
    return site.ok ? ok({ path, fallbacks, site: site.value }) : site;
  };

  readonly endingOf = ({ of }: RecordedOwner): ListSum => {
    const record = of.step === undefined ? undefined : this.#context.live.record(of.step.path);
    if (record !== undefined && !isCut(record)) return endingOf(record);
    const path = this.#innermostCut(record?.path);
    const { error = CUT_SHORT.error } = record ?? {};
    return { ...CUT_SHORT, error, ...(path !== undefined && { failedPath: path }) };
  };

  /** The step itself, or the innermost interrupted step inside it. */
  #innermostCut(within: string | undefined): string | undefined {
    const { steps, attempt } = this.#context.recorder.state();
    let found = within;
    for (const record of steps.values()) {
      const isInside = found === undefined || isWithin(record.path, found);
      if (isInside && isCut(record) && record.runAttempt === attempt && !isInFallback(record.path)) found = record.path;
    }
    return found;
  }

  /** The site of a list after all its steps have ended. */
  #siteAfter(list: RecordedList): Result<StepSite> {
    const site = this.#list(list);
    if (!site.ok) return site;
    const layers = list.steps.map((step) => keptLayers(step, stepPath(list.path, step), this.#context));
    return ok({ ...site.value, frames: layers.reduce(framesWith, site.value.frames) });
  }

  #siteOf({ list, index }: RecordedStep, when: keyof StepFrames): Result<StepSite> {
    const site = this.#list(list);
    if (!site.ok) return site;
    const { items, limit: _limit, ...around } = site.value;
    const frames = this.#framesOf(list, site.value)[index];
    invariant(frames !== undefined, 'an index of the list');
    return ok({ ...around, ...items?.[index], frames: frames[when] });
  }

  #list(list: RecordedList): Result<StepSite> {
    const known = this.#lists.get(list);
    if (known !== undefined) return known;
    const site = this.#rebuild(list);
    this.#lists.set(list, site);
    return site;
  }

  #rebuild(list: RecordedList): Result<StepSite> {
    const { stand } = list;
    switch (stand.kind) {
      case 'top':
        return ok(this.#root);
      case 'body':
        return this.#body(stand.holder);
      case 'fallback': {
        const owner = this.ownerAt(stand.owner);
        if (!owner.ok) return owner;
        const failure = failureOf(owner.value.path, this.endingOf(stand.owner), this.#context);
        const { name } = stand;
        return ok(fallbackSite(owner.value, { name, scope: this.#root.scope, failure }));
      }
    }
  }

  /** The site of a container's list, with the env and values of the container. */
  #body({ step, ...holder }: RecordedStep): Result<StepSite> {
    invariant(isContainer(step), 'only containers hold steps');
    const around = this.#siteOf({ step, ...holder }, 'before');
    if (!around.ok) return around;
    const context = this.#context;
    const entered = enterContainer(step, around.value, { sources: context });
    for (const env of entered.declared) learnSecrets(env, context);
    const problem = entered.problems.live ?? entered.problems.recorded;
    if (problem !== undefined) return err(problem);
    const choice = reliedOn(context.live.record(entered.path))?.choice;
    return ok(listSite(step, entered, { choice, context }));
  }

  #framesOf(list: RecordedList, { frames }: StepSite): readonly StepFrames[] {
    const known = this.#frames.get(list) ?? framesIn(list, frames, this.#context);
    this.#frames.set(list, known);
    return known;
  }
}

type Frames = StepSite['frames'];

/** The environment of a step: when it began, and with its exports. */
type StepFrames = { readonly before: Frames; readonly after: Frames };

const framesIn = (list: RecordedList, base: Frames, context: RunContext): readonly StepFrames[] => {
  const found: StepFrames[] = [];
  for (const index of executionOrder(list.steps)) {
    const step = list.steps[index];
    invariant(step !== undefined, 'an index of the list');
    const needs = step.needs.flatMap((need) => found[need]?.after ?? []);
    const before = framesAfter(needs, base);
    found[index] = { before, after: framesWith(before, keptLayers(step, stepPath(list.path, step), context)) };
  }
  return found;
};

const CUT_SHORT = { status: 'aborted', tolerated: false, cause: 'signal', error: INTERRUPTED } as const;

const isCut = ({ status, cause }: StepRecord): boolean =>
  status === 'running' || (status === 'aborted' && cause === 'signal');

const endingOf = ({ path, status, tolerated, error }: StepRecord): ListSum => ({
  status: status === 'running' ? 'aborted' : status,
  tolerated,
  ...(error !== undefined && { error, failedPath: path }),
});
