import type { Pipeline, Retry } from '../../src/language/model/pipeline.js';
import type { RunEvent } from '../../src/state/event.js';
import { pipeline, script, type StepDetails } from '../plan/pipeline-builder.js';
import type { Act } from './engine.js';

/** Three attempts, one right after the other. */
export const THREE: Retry = { attempts: 3, delayMs: 0, factor: 1, jitter: 0, on: ['failure', 'timeout'] };
/** Three attempts, with a minute between them. */
export const SLOW: Retry = { ...THREE, delayMs: 60_000 };

/** A pipeline of the step `a` alone. */
export const oneStep = (retry: Retry, details: StepDetails = {}): Pipeline =>
  pipeline([script('a', { retry, ...details })]);

/** Each process of the step `a` does the next of these, the last of them from then on. */
export const inTurn =
  (...acts: readonly Act[]) =>
  (step: string, command: number): Act =>
    step === 'a' ? (acts[Math.min(command, acts.length - 1)] ?? {}) : {};

/** The attempts as the journal has them: `1 started`, `1 failed: exit code 1 (1), next in 0`. */
export const attemptsIn = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'attempt_started') return [`${String(event.try)} started`];
    if (event.type !== 'attempt_failed') return [];
    const next = event.next_in_ms === undefined ? '' : `, next in ${String(event.next_in_ms)}`;
    return [`${String(event.try)} ${event.status}: ${event.error} (${String(event.exit_code)})${next}`];
  });
