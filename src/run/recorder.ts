import { invariant } from '../base/assert.js';
import { applyEvent } from '../state/apply-event.js';
import { FORMAT_VERSION, type EventBody, type RunEvent } from '../state/event.js';
import type { RunState } from '../state/run-state.js';
import type { Ports } from './ports.js';

/** Where everything that happens in a run goes: into the state, the journal and the display, in this order. */
export type Recorder = {
  readonly emit: (body: EventBody) => void;
  readonly warn: (message: string, step?: string) => void;
  /** The state so far; there is one once the run has started. */
  readonly state: () => RunState;
  /** Whether every event so far is in the journal. */
  readonly resumable: () => boolean;
};

/** Identity of the run whose events are recorded, and the state it goes on from. */
export type RunIdentity = { readonly runId: string; readonly attempt: number; readonly last: RunState | undefined };

/** A recorder that stamps events: sequence numbers go on where the last state ended. */
export const createRecorder = ({ runId, attempt, last }: RunIdentity, ports: Ports): Recorder => {
  let state = last;
  let resumable = true;
  const emit = (body: EventBody): void => {
    const event: RunEvent = {
      v: FORMAT_VERSION,
      seq: (state?.seq ?? 0) + 1,
      at: ports.clock.now(),
      run: runId,
      attempt,
      ...body,
    };
    state = applyEvent(state, event);
    if (resumable) {
      const appended = ports.journal.append(event, state);
      resumable = appended.ok;
      if (!appended.ok) {
        ports.display.warning(
          `the run goes on but cannot be resumed: its journal cannot be written: ${appended.error}`,
        );
      }
    }
    ports.display.event(event, state);
  };
  const current = (): RunState => {
    invariant(state !== undefined, 'a run has started before its state is asked for');
    return state;
  };
  return { emit, warn: ports.display.warning, state: current, resumable: () => resumable };
};
