import { ALL_WELL, framesWith } from '../../evaluate/context/site.js';
import { err, ok, type Result } from '../../base/result.js';
import type { LoopStep } from '../../language/model/pipeline.js';
import { conditionHolds } from '../../evaluate/kinds/arms.js';
import { needsDigest } from '../../evaluate/context/digests.js';
import { iterationStep } from '../../evaluate/kinds/loop.js';
import { countProcesses } from '../../plan/plan.js';
import { listScope, scopeAt, type ListScope } from '../../evaluate/context/step-context.js';
import { reliedOn, type Choice } from '../../state/run-state.js';
import type { AbortScope } from '../context/abort-scope.js';
import { fails, plannedChoice, rechosen, type OpenContainer, type Prepare, type RanList } from './container-work.js';
import { describeAbort } from '../context/ending.js';
import type { Ending, StepSite, ListSum, Engine } from '../context/run-context.js';

/** Runs the iterations of a loop: first the kept ones, then as long as its condition holds. */
export const prepareLoop: Prepare<LoopStep> = (step, open, engine) => {
  const planned = plannedChoice(open, engine.context);
  const kept = planned?.kind === 'iterations' ? planned : undefined;
  const first = kept === undefined && step.asks === 'before' ? ask(step, open.scopes.live) : ok(true);
  if (!first.ok) return err(fails(first.error));
  const run = new LoopRun(step, { open, kept, first: first.value }, engine);
  return ok({
    keepsChoice: kept !== undefined,
    outputs: step.outputs,
    ...(kept !== undefined && { tell: tellerOf(kept, open, engine) }),
    run: (scope) => run.run(scope),
  });
};

const ask = (step: LoopStep, scope: Parameters<typeof conditionHolds>[1]): Result<boolean> => {
  const holds = conditionHolds(step.condition, scope);
  return holds.ok ? holds : err(`${step.asks === 'before' ? 'while' : 'do_while'}: ${holds.error}`);
};

type Iterations = Choice & { readonly kind: 'iterations' };

/** Iterations after one that runs again are void; this records that before it runs. */
const tellerOf = (kept: Iterations, { path }: OpenContainer, { context }: Engine): (() => void) => {
  const before = reliedOn(context.live.record(path))?.choice;
  const isCut = before?.kind === 'iterations' && (kept.count < before.count || (before.isOver && !kept.isOver));
  return () => {
    if (!isCut) return;
    const iteration = kept.count - 1;
    context.recorder.emit({ type: 'loop_decided', step: path, iteration, goes_on: true, to_run: 0 });
  };
};

type Beginning = {
  readonly open: OpenContainer;
  readonly kept: Iterations | undefined;
  /** The value of the condition before the first iteration. */
  readonly first: boolean;
};

/** A loop while it runs. */
class LoopRun {
  readonly #step: LoopStep;
  readonly #beginning: Beginning;
  readonly #engine: Engine;
  readonly #endings: Ending[] = [];
  /** The site of the next iteration. */
  #site: StepSite;

  constructor(step: LoopStep, beginning: Beginning, engine: Engine) {
    this.#step = step;
    this.#beginning = beginning;
    this.#engine = engine;
    const { open, kept } = beginning;
    this.#site = (kept === undefined ? rechosen(open) : open).inner;
  }

  async run(scope: AbortScope): Promise<RanList> {
    for (let index = 0; ; index += 1) {
      const goesOn = this.#goesOn(index, scope);
      if (!goesOn.ok) return this.#ended(index, goesOn.error);
      if (!goesOn.value) return this.#ended(index, SUCCEEDED);
      const sum = await this.#iterate(index, scope);
      if (sum.status !== 'succeeded') return this.#ended(index + 1, sum);
    }
  }

  /** Whether iteration `index` runs; an error if the loop is stopped, its condition fails, or it reaches its cap. */
  #goesOn(index: number, scope: AbortScope): Result<boolean, ListSum> {
    const { kept } = this.#beginning;
    if (index < (kept?.count ?? 0)) return ok(true);
    if (kept?.isOver === true) return ok(false);
    const stopped = scope.cause();
    if (stopped !== undefined) {
      return err({ status: 'aborted', tolerated: false, cause: stopped, error: describeAbort(stopped) });
    }
    const holds = this.#holds(index);
    if (!holds.ok) return err(this.#failed(holds.error));
    if (holds.value && index >= this.#step.maxIterations) return err(this.#failed(capText(this.#step)));
    this.#tell(index, holds.value);
    return holds;
  }

  #holds(index: number): Result<boolean> {
    if (index === 0) return ok(this.#beginning.first);
    const { live, flatten } = this.#engine.context;
    const { frames } = this.#site;
    const list = this.#iterationList(index - 1);
    return ask(this.#step, scopeAt({ list, status: ALL_WELL, env: () => flatten(frames.live).env }, live));
  }

  #tell(iteration: number, goesOn: boolean): void {
    const to_run = goesOn ? countProcesses(this.#step.steps) : 0;
    const { path: step } = this.#beginning.open;
    this.#engine.context.recorder.emit({ type: 'loop_decided', step, iteration, goes_on: goesOn, to_run });
  }

  /** Each iteration needs the previous one, like steps in a sequence. */
  async #iterate(index: number, scope: AbortScope): Promise<ListSum> {
    const { open } = this.#beginning;
    const { list: outer } = open.site;
    const list = listScope(outer.path, [iterationStep(this.#step, index)], outer);
    const { endings, sum } = await this.#engine.runList({ ...this.#site, list, scope }, this.#engine.context);
    const [ending] = endings;
    if (ending === undefined) return sum;
    this.#endings.push(ending);
    this.#site = {
      ...this.#site,
      needs: needsDigest(open.site.needs, [ending.identity]),
      frames: framesWith(this.#site.frames, ending.layers),
    };
    return sum;
  }

  #failed(error: string): ListSum {
    return { status: 'failed', tolerated: false, error, failedPath: this.#beginning.open.path };
  }

  /** Outputs see the last iteration. */
  #ended(count: number, sum: ListSum): RanList {
    const { site } = this.#beginning.open;
    const list = count === 0 ? site.list : this.#iterationList(count - 1);
    return { endings: this.#endings, sum, site: { ...site, list } };
  }

  /** Before the first iteration none of its steps is known. */
  #iterationList(index: number): ListScope {
    const { path, site } = this.#beginning.open;
    return listScope(`${path}[${String(index)}]`, this.#step.steps, site.list);
  }
}

const SUCCEEDED: ListSum = { status: 'succeeded', tolerated: false };

const capText = ({ maxIterations, condition }: LoopStep): string =>
  `reached max_iterations (${String(maxIterations)}) with its condition still true: ${condition.replaceAll(/\s+/g, ' ').trim()}`;
