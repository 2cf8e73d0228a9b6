import { invariant } from '../base/assert.js';
import { isContainer, stepPath, type Step } from '../language/pipeline.js';
import { joinFrames, withLayer, type Frame } from '../plan/export-frame.js';
import { needsDigest, recordedIdentity, SKIPPED_IDENTITY } from '../plan/fingerprint.js';
import { dependentsOf } from '../plan/graph.js';
import { decisionFor, type Decision } from '../plan/plan.js';
import { recordedLayer } from '../plan/recorded-source.js';
import { scopeAt } from '../plan/step-context.js';
import type { Status } from '../state/event.js';
import type { InnerScope } from './abort-scope.js';
import { isFailure, NO_LAYERS, worstOf } from './ending.js';
import { holdReason, type HeldBack } from './hold.js';
import type { Both, Ending, ListPlace, RunContext } from './run-context.js';
import type { StepStart } from './run-process-step.js';
import { runStep } from './run-step.js';

/** How a list ended: each step in the order of the file, and what they add up to. */
export type ListEnding = {
  readonly endings: readonly Ending[];
  readonly summary: Pick<Ending, 'status' | 'tolerated' | 'cause' | 'error' | 'failedPath'>;
};

/** Runs the steps of a list; settles when none runs and none can start any more. */
export type RunList = (place: ListPlace, context: RunContext) => Promise<ListEnding>;

/** Runs the steps of a list as their needs settle: one pass over the graph, no recursion along it. */
export const runList: RunList = (place, context) => new ListRun(place, context).run();

/** A settled step, with what the steps that need it take over. */
type Settled = {
  readonly ending: Ending;
  readonly frames: Both<Frame>;
  /** The failure that holds back what needs this step: its own, or one upstream of it. */
  readonly blocker: string | undefined;
};

/** A list while it runs. */
class ListRun {
  readonly #place: ListPlace;
  readonly #context: RunContext;
  readonly #scope: InnerScope;
  readonly #dependents: readonly (readonly number[])[];
  readonly #waitingFor: number[];
  readonly #ready: number[] = [];
  readonly #settled: Settled[] = [];
  #running = 0;
  #failedInList: string | undefined;
  #finish: (ending: ListEnding) => void = () => undefined;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(place: ListPlace, context: RunContext) {
    this.#place = place;
    this.#context = context;
    this.#scope = place.scope.inner();
    this.#dependents = dependentsOf(place.list.steps);
    this.#waitingFor = place.list.steps.map(({ needs }) => needs.length);
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

  /** Starts what is ready, including what becomes ready by that; a loop, so that long chains need no stack. */
  #startReady(): void {
    for (const index of this.#ready) this.#begin(index);
    this.#ready.length = 0;
    if (this.#running === 0) this.#close();
  }

  #begin(index: number): void {
    const step = this.#stepAt(index);
    const path = stepPath(this.#place.list.path, step);
    const decision = decisionFor(this.#context.plan, path);
    if (decision.do === 'restore' || decision.do === 'leave') {
      this.#settle(index, this.#keep(step, path, decision));
      return;
    }
    const start = this.#startOf(step, decision);
    if (this.#holdBack(index, start)) return;
    this.#running += 1;
    this.#runWhenFree(index, start).then(() => {
      this.#running -= 1;
      this.#startReady();
    }, this.#fail);
  }

  /** What a step starts from: its list, or the steps it needs. */
  #startOf(step: Step, decision: Decision): StepStart {
    const needs = this.#needsOf(step);
    const { list, frames, env, needs: listNeeds } = this.#place;
    const live = needs.length === 0 ? frames.live : joinFrames(needs.map((need) => need.frames.live));
    const recorded = needs.length === 0 ? frames.recorded : joinFrames(needs.map((need) => need.frames.recorded));
    const place: ListPlace = {
      list,
      env,
      scope: this.#scope,
      frames: { live, recorded },
      needs: needsDigest(
        listNeeds,
        needs.map(({ ending }) => ending.identity),
      ),
    };
    return { place, decision, scopes: this.#scopesOf(step, place) };
  }

  #scopesOf(step: Step, { list, frames }: ListPlace): StepStart['scopes'] {
    const failed = this.#blockerOf(step) !== undefined;
    const status = { success: !failed, failure: failed };
    const { flatten, live, recorded } = this.#context;
    return {
      live: scopeAt({ list, step, status, env: () => flatten(frames.live).env }, live),
      recorded: scopeAt({ list, step, status, env: () => flatten(frames.recorded).env }, recorded),
    };
  }

  /** Whether the step is held back or cannot even be asked; it has settled then. */
  #holdBack(index: number, start: StepStart): boolean {
    const step = this.#stepAt(index);
    const held = holdReason(
      step,
      {
        aborted: this.#scope.cause(),
        failedUpstream: this.#blockerOf(step),
        failedInList: this.#failedInList,
        mode: this.#context.pipeline.failure,
      },
      start.scopes.live,
    );
    if (!held.ok) {
      this.#settle(index, this.#failCondition(step, `if: ${held.error}`));
      return true;
    }
    if (held.value === undefined) return false;
    this.#settle(index, this.#skip(step, held.value));
    return true;
  }

  async #runWhenFree(index: number, start: StepStart): Promise<void> {
    const step = this.#stepAt(index);
    const release = await this.#context.slots.take({ slot: !isContainer(step), mutex: step.mutex });
    // While it waited, the list may have failed or been stopped.
    if (!this.#holdBack(index, start)) {
      this.#settle(index, await runStep(step, start, { context: this.#context, runList }));
    }
    release();
  }

  #settle(index: number, ending: Ending): void {
    const step = this.#stepAt(index);
    const failed = isFailure(ending);
    this.#settled[index] = {
      ending,
      frames: this.#framesAfter(step, ending),
      blocker: failed ? step.id : (this.#blockerOf(step) ?? (ending.held ? this.#failedInList : undefined)),
    };
    if (failed) this.#noteFailure(step);
    for (const dependent of this.#dependents[index] ?? []) {
      const left = (this.#waitingFor[dependent] ?? 0) - 1;
      this.#waitingFor[dependent] = left;
      if (left === 0) this.#ready.push(dependent);
    }
  }

  #noteFailure(step: Step): void {
    this.#failedInList ??= step.id;
    if (this.#context.pipeline.failure === 'fail_fast') this.#scope.abort({ cause: 'earlier-failure', atOnce: false });
  }

  #framesAfter(step: Step, { layers }: Ending): Both<Frame> {
    const needs = this.#needsOf(step);
    const before = this.#place.frames;
    const live = needs.length === 0 ? before.live : joinFrames(needs.map(({ frames }) => frames.live));
    const recorded = needs.length === 0 ? before.recorded : joinFrames(needs.map(({ frames }) => frames.recorded));
    const after = withLayer(live, layers.live);
    return {
      live: after,
      recorded: live === recorded && layers.live === layers.recorded ? after : withLayer(recorded, layers.recorded),
    };
  }

  #keep(step: Step, path: string, decision: Decision): Ending {
    const { live } = this.#context;
    const record = live.record(path);
    if (decision.do === 'restore') this.#emitRestored(step, path, decision.because);
    const layer = recordedLayer(step, path, live.record);
    return {
      status: decision.do === 'restore' ? keptStatus(record?.status) : 'succeeded',
      tolerated: record?.tolerated ?? false,
      ...(record?.error !== undefined && { error: record.error, failedPath: path }),
      identity: recordedIdentity(step, path, live.record),
      layers: { live: layer, recorded: layer },
    };
  }

  #emitRestored(step: Step, path: string, because: string): void {
    const { live, recorder } = this.#context;
    recorder.emit({ type: 'step_restored', step: path, because });
    for (const child of isContainer(step) ? step.steps : []) {
      const childPath = stepPath(path, child);
      if ((live.record(childPath)?.status ?? 'skipped') !== 'skipped') this.#emitRestored(child, childPath, because);
    }
  }

  #skip(step: Step, { by, because }: HeldBack): Ending {
    const path = stepPath(this.#place.list.path, step);
    this.#context.recorder.emit({ type: 'step_skipped', step: path, name: step.name, because });
    return {
      status: 'skipped',
      tolerated: false,
      ...(by === 'failure' && { held: true }),
      identity: SKIPPED_IDENTITY,
      layers: NO_LAYERS,
    };
  }

  #failCondition(step: Step, error: string): Ending {
    const path = stepPath(this.#place.list.path, step);
    const masked = this.#context.masker.text(error);
    const { emit } = this.#context.recorder;
    const because = decisionFor(this.#context.plan, path).because;
    emit({ type: 'step_started', step: path, kind: step.kind, name: step.name, because, fingerprint: NO_FINGERPRINT });
    const tolerated = step.continueOnError;
    if (tolerated)
      emit({ type: 'step_continue_on_error', step: path, status: 'failed', error: masked, duration_ms: 0 });
    else emit({ type: 'step_failed', step: path, status: 'failed', error: masked, duration_ms: 0 });
    return {
      status: 'failed',
      tolerated,
      error: masked,
      failedPath: path,
      identity: SKIPPED_IDENTITY,
      layers: NO_LAYERS,
    };
  }

  #close(): void {
    this.#scope.close();
    const endings = this.#settled.map(({ ending }) => ending);
    invariant(endings.length === this.#place.list.steps.length, 'every step of a list settles');
    this.#finish({ endings, summary: this.#summary(endings) });
  }

  #summary(endings: readonly Ending[]): ListEnding['summary'] {
    const cause = this.#place.scope.cause();
    const worst = worstOf(endings);
    if (cause === 'signal' && endings.some(isCutShort)) return { status: 'aborted', tolerated: false, cause };
    if (worst === undefined || !isFailure(worst)) return { status: 'succeeded', tolerated: false };
    const { status, error, failedPath } = worst;
    return {
      status,
      tolerated: false,
      ...(worst.cause !== undefined && { cause: worst.cause }),
      ...(error !== undefined && { error }),
      ...(failedPath !== undefined && { failedPath }),
    };
  }

  #needsOf(step: Step): readonly Settled[] {
    return step.needs.flatMap((need) => this.#settled[need] ?? []);
  }

  #blockerOf(step: Step): string | undefined {
    for (const need of step.needs) {
      const blocker = this.#settled[need]?.blocker;
      if (blocker !== undefined) return blocker;
    }
    return undefined;
  }

  #stepAt(index: number): Step {
    const step = this.#place.list.steps[index];
    invariant(step !== undefined, 'an index of the list');
    return step;
  }
}

const NO_FINGERPRINT = { definition: '', directory: '', env: '', reads: '', needs: '' };

const isCutShort = ({ status, held }: Ending): boolean => status === 'aborted' || held === true;

const keptStatus = (status: Status | 'running' | undefined): Status =>
  status === undefined || status === 'running' ? 'succeeded' : status;
