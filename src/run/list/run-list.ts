import { framesAfter, framesWith, scopesAt, type Both } from '../../evaluate/context/site.js';
import { invariant } from '../../base/assert.js';
import { isContainer, stepPath, type Step } from '../../language/model/pipeline.js';
import type { Frame } from '../../evaluate/context/export-frame.js';
import { needsDigest } from '../../evaluate/context/digests.js';
import { dependentsOf } from '../../evaluate/context/graph.js';
import { decisionFor, type Decision } from '../../plan/plan.js';
import type { Abort, AbortScope, InnerScope } from '../context/abort-scope.js';
import { isFailure, sumUp } from '../context/ending.js';
import { holdReason } from '../step/hold.js';
import { isKept, keepStep, failBeforeStart, skipStep } from '../step/not-run.js';
import type { Ending, ListEnding, StepSite, RunContext, RunList, StepStart } from '../context/run-context.js';
import { endUnbegun, runStep, type StepEngine } from './run-step.js';
import { createSlots, NOTHING_CLAIMED, type Slots } from '../context/slots.js';

/** Runs the steps of a list as their needs settle: one pass over the graph, without recursion. */
export const runList: RunList = (site, context) => new ListRun(site, context).run();

/** A settled step, with everything its dependents inherit from it. */
type Settled = {
  readonly ending: Ending;
  readonly frames: Both<Frame>;
  /** The failed step that holds back this step's dependents: this step, or one upstream of it. */
  readonly blocker: string | undefined;
};

const EARLIER_FAILURE: Abort = { cause: 'earlier-failure', atOnce: false };

/** A list while it runs. */
class ListRun {
  readonly #site: StepSite;
  readonly #context: RunContext;
  readonly #dependents: readonly (readonly number[])[];
  readonly #waitingFor: number[];
  readonly #ready: number[] = [];
  readonly #settled: Settled[] = [];
  /** For steps that wait for a slot; stopped at the first failure, so that they check again if they may start. */
  readonly #queueing: InnerScope;
  /** For running steps. With `fail_fast` a failure stops the latest; steps that run on failure use a new one. */
  readonly #scopes: InnerScope[];
  /** Slots of this list only; undefined: no limit on concurrent steps. */
  readonly #ownSlots: Slots | undefined;
  #running = 0;
  #failedInList: string | undefined;
  #finish: (ending: ListEnding) => void = () => undefined;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(site: StepSite, context: RunContext) {
    this.#site = site;
    this.#context = context;
    this.#dependents = dependentsOf(site.list.steps);
    this.#waitingFor = site.list.steps.map(({ needs }) => needs.length);
    this.#queueing = site.scope.inner();
    this.#scopes = [site.scope.inner()];
    this.#ownSlots = site.limit === undefined ? undefined : createSlots(site.limit);
  }

  run(): Promise<ListEnding> {
    const ended = new Promise<ListEnding>((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    this.#waitingFor.forEach((count, index) => {
      if (count === 0) this.#ready.push(index);
    });
    this.#startReady();
    return ended;
  }

  /** Starts ready steps, including those that become ready meanwhile; a loop, so long chains don't fill the stack. */
  #startReady(): void {
    for (const index of this.#ready) this.#begin(index);
    this.#ready.length = 0;
    if (this.#running === 0) this.#close();
  }

  #begin(index: number): void {
    const step = this.#stepAt(index);
    const path = stepPath(this.#site.list.path, step);
    const { runBecause } = this.#site;
    const decision: Decision =
      runBecause === undefined ? decisionFor(this.#context.plan, path) : { do: 'run', because: runBecause };
    const start = this.#startOf(index, decision);
    if (isKept(decision)) {
      const kept = keepStep(step, path, { decision, context: this.#context });
      this.#engine(index).onEnded(kept);
      this.#settle(index, start, kept);
      return;
    }
    if (!this.#holdBack(index, start)) this.#await(this.#runWhenFree(index, start));
  }

  #await(run: Promise<void>): void {
    this.#running += 1;
    run.then(() => {
      this.#running -= 1;
      this.#startReady();
    }, this.#fail);
  }

  /** The start of a step, from the site of its list and the steps it needs. */
  #startOf(index: number, decision: Decision): StepStart {
    const step = this.#stepAt(index);
    const needs = step.needs.flatMap((need) => this.#settled[need] ?? []);
    const { frames, items, limit: _limit, ...inherited } = this.#site;
    const site: StepSite = {
      ...inherited,
      ...items?.[index],
      frames: framesAfter(
        needs.map((need) => need.frames),
        frames,
      ),
      needs: needsDigest(
        this.#site.needs,
        needs.map(({ ending }) => ending.identity),
      ),
    };
    const failed = this.#blockerOf(step) !== undefined;
    const status = { success: !failed, failure: failed };
    const scopes = scopesAt(site, { step, status }, this.#context);
    return { site, decision: restated(decision), status, scopes, claimed: NOTHING_CLAIMED };
  }

  /** True if the step is held back or its condition fails to evaluate; the step then settles without running. */
  #holdBack(index: number, start: StepStart): boolean {
    const step = this.#stepAt(index);
    const context = this.#context;
    const hold = {
      stopped: this.#site.scope.cause(),
      failedUpstream: this.#blockerOf(step),
      failedInList: this.#failedInList,
      mode: this.#site.failure,
    };
    const held = holdReason(step, hold, start.scopes.live);
    if (!held.ok) {
      const ending = failBeforeStart(step, start, { status: 'failed', error: `if: ${held.error}`, context });
      this.#await(this.#failUnasked(index, start, ending));
    } else if (held.value !== undefined) {
      this.#settle(index, start, skipStep(step, start, { held: held.value, context }));
    }
    return !held.ok || held.value !== undefined;
  }

  async #failUnasked(index: number, start: StepStart, ending: Ending): Promise<void> {
    await endUnbegun(this.#stepAt(index), { ...start, ending }, this.#engine(index));
    this.#settle(index, start, ending);
  }

  async #runWhenFree(index: number, start: StepStart): Promise<void> {
    const step = this.#stepAt(index);
    const context = this.#context;
    const failedBefore = this.#failedInList;
    const queue = failedBefore === undefined ? this.#queueing : this.#site.scope;
    const ownSlot = await this.#ownSlots?.take({ slot: true, mutex: undefined }, queue);
    const claimed = await context.slots.take({ slot: !isContainer(step), mutex: step.mutex }, queue);
    // The list may have failed or been stopped during the wait.
    const isNews = this.#failedInList !== failedBefore || this.#site.scope.cause() !== undefined;
    if (!isNews || !this.#holdBack(index, start)) {
      if (claimed === undefined) {
        ownSlot?.release();
        return this.#runWhenFree(index, start);
      }
      const site = { ...start.site, scope: this.#scope() };
      this.#settle(index, start, await runStep(step, { ...start, site, claimed }, this.#engine(index)));
    }
    claimed?.release();
    ownSlot?.release();
  }

  /** Dependents start after the step's fallbacks, but its failure holds other steps back as soon as it has ended. */
  #engine(index: number): StepEngine {
    const onEnded = (ending: Ending): void => {
      if (isFailure(ending)) this.#noteFailure(index, ending);
    };
    return { context: this.#context, runList, onEnded };
  }

  #settle(index: number, { site: { frames } }: StepStart, ending: Ending): void {
    const step = this.#stepAt(index);
    const failed = isFailure(ending);
    this.#settled[index] = {
      ending,
      frames: framesWith(frames, ending.layers),
      blocker: failed ? step.id : (this.#blockerOf(step) ?? (ending.held ? this.#failedInList : undefined)),
    };
    for (const dependent of this.#dependents[index] ?? []) {
      const left = (this.#waitingFor[dependent] ?? 0) - 1;
      this.#waitingFor[dependent] = left;
      if (left === 0) this.#ready.push(dependent);
    }
  }

  #noteFailure(index: number, { cause }: Ending): void {
    const { failure } = this.#site;
    this.#failedInList ??= this.#stepAt(index).id;
    if (failure !== 'keep_going') this.#queueing.abort(EARLIER_FAILURE);
    if (failure !== 'fail_fast' || cause === EARLIER_FAILURE.cause) return;
    this.#scope().abort(EARLIER_FAILURE);
    this.#scopes.push(this.#site.scope.inner());
  }

  #scope(): AbortScope {
    return this.#scopes.at(-1) ?? this.#site.scope;
  }

  #close(): void {
    for (const scope of [this.#queueing, ...this.#scopes]) scope.close();
    const endings = this.#settled.map(({ ending }) => ending);
    invariant(endings.length === this.#site.list.steps.length, 'every step of a list settles');
    this.#finish({ endings, sum: sumUp(endings, this.#site.scope.cause()) });
  }

  #blockerOf(step: Step): string | undefined {
    for (const need of step.needs) {
      const blocker = this.#settled[need]?.blocker;
      if (blocker !== undefined) return blocker;
    }
    return undefined;
  }

  #stepAt(index: number): Step {
    const step = this.#site.list.steps[index];
    invariant(step !== undefined, 'an index of the list');
    return step;
  }
}

/** Replaces the reason of a step that the plan expected to be skipped but that runs. */
const restated = (decision: Decision): Decision =>
  decision.do === 'skip' ? { do: 'run', because: 'it is no longer held back' } : decision;
