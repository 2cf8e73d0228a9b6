import { script, type LooseStep, type StepDetails } from '../plan/pipeline-builder.js';
import type { Act } from './engine.js';

/** Those steps fail, all others succeed. */
export const fails =
  (...steps: readonly string[]) =>
  (step: string): Act =>
    steps.includes(step) ? { exit: 1 } : {};

/** Those steps wait for the test, all others succeed. */
export const waits =
  (...steps: readonly string[]) =>
  (step: string): Act =>
    steps.includes(step) ? { waits: true } : {};

/** A step that waits for nothing unless it says so. */
export const free = (id: string, details: StepDetails = {}): LooseStep => script(id, { needs: [], ...details });
