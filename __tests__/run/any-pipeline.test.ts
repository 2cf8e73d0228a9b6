import { describe, expect, test } from 'vitest';
import type { FailureMode } from '../../src/language/model/pipeline.js';
import {
  branch,
  call,
  fanOut,
  group,
  loop,
  parallel,
  pipeline,
  script,
  switchOn,
  type LooseStep,
  type StepDetails,
} from '../plan/pipeline-builder.js';
import { createRandom } from '../rig/random.js';
import { type runEngine, startEngine } from './engine.js';
import { SAMPLED, seeds } from '../rig/scale.js';

/** What a container says of what it chose. */
const TOLD_WHILE_OPEN: readonly string[] = ['arm_chosen', 'loop_decided', 'items_listed'];

const MODES: readonly FailureMode[] = ['finish', 'keep_going', 'fail_fast'];

/** A pipeline of some depth in which steps need some of those before them. */
const randomSteps = (random: ReturnType<typeof createRandom>, depth: number): readonly LooseStep[] =>
  Array.from({ length: 2 + random.below(6) }, (_, index) => {
    const needs = Array.from({ length: random.below(3) }, () => random.below(Math.max(1, index)));
    const details = {
      ...(random.below(3) > 0 && { needs: index === 0 ? [] : [...new Set(needs)].map((need) => `s${need}`) }),
      ...(random.below(6) === 0 && { if: ['always()', 'failure()', '1 == 2'][random.below(3)] ?? '' }),
      ...(random.below(5) === 0 && { mutex: `m${depth}` }),
      ...(random.below(4) === 0 && { continueOnError: true }),
      ...(random.below(6) === 0 && { timeoutMs: 30 }),
    };
    if (depth === 0 || random.below(3) > 0) return script(`s${index}`, details);
    return randomContainer(random, { id: `s${index}`, depth, details });
  });

type Container = { readonly id: string; readonly depth: number; readonly details: StepDetails };

const randomContainer = (random: ReturnType<typeof createRandom>, { id, depth, details }: Container): LooseStep => {
  const inside = (): readonly LooseStep[] => randomSteps(random, depth - 1);
  const question = ["'a' == 'b'", 'true', "steps.s0.outcome == 'success'"][random.below(3)] ?? '';
  switch (random.below(7)) {
    case 0:
      return branch(
        id,
        { condition: question, then: inside(), ...(random.below(2) === 0 && { otherwise: inside() }) },
        details,
      );
    case 1:
      return switchOn(id, { value: question, cases: { true: inside() } }, details);
    case 2:
      return loop(id, { condition: question, asks: 'after', max: 3, steps: inside() }, details);
    case 3:
      return fanOut(id, { items: [1, 2, 3], body: inside(), maxParallel: 1 + random.below(3) }, details);
    case 4:
      return call(id, pipeline(inside(), { failure: MODES[random.below(3)] ?? 'finish' }), details);
    default:
      return (random.below(2) === 0 ? group : parallel)(id, inside(), details);
  }
};

describe.each(seeds(12, 120))('any pipeline (seed %i)', SAMPLED, (seed) => {
  /** Runs it to its end with processes that end in an order and in ways that only the seed decides. */
  const play = async (): Promise<Awaited<ReturnType<typeof runEngine>>> => {
    const random = createRandom(seed);
    const file = pipeline(randomSteps(random, 2), { failure: MODES[random.below(3)] ?? 'finish' });
    const engine = await startEngine(file, { act: () => ({ waits: true }), maxParallel: 3 });
    for (let turn = 0; turn < 500 && engine.processes.running.length > 0; turn += 1) {
      const { running } = engine.processes;
      running[random.below(running.length)]?.exit(random.below(5) === 0 ? 1 : 0);
      await engine.clock.advance(random.below(10));
      if (seed % 5 === 0 && turn === 5) engine.scope.abort({ cause: 'signal', atOnce: false });
    }
    return { ...engine, ...(await engine.ended) };
  };

  test('comes to the same journal each time, byte for byte', async () => {
    const [first, second] = [await play(), await play()];
    expect(JSON.stringify(first.journal.events)).toBe(JSON.stringify(second.journal.events));
  });

  test('resolves each step once, and the run last', async () => {
    const { journal, state, display, clock, leftovers } = await play();
    const open = new Set<string>();
    const resolved = new Set<string>();
    for (const event of journal.events) {
      if (!('step' in event) || event.type === 'attempt_started' || TOLD_WHILE_OPEN.includes(event.type)) continue;
      const { step } = event;
      if (event.type === 'attempt_failed') {
        expect(open.has(step)).toBe(true);
      } else if (event.type === 'step_started') {
        expect(open.has(step) || resolved.has(step)).toBe(false);
        open.add(step);
      } else {
        expect(resolved.has(step)).toBe(false);
        expect(open.delete(step)).toBe(event.type !== 'step_skipped');
        resolved.add(step);
      }
    }
    expect([...open]).toEqual([]);
    expect(journal.events.at(-1)?.type).toMatch(/^run_(succeeded|failed|aborted)$/);
    expect(journal.events.map(({ seq }) => seq)).toEqual(journal.events.map((_, index) => index + 1));
    expect(display.events).toEqual(journal.events);
    expect([state.seq, clock.pending, leftovers()]).toEqual([journal.events.length, 0, []]);
  });
});
