import { invariant } from '../../base/assert.js';
import type { Masker } from '../../base/mask.js';
import { applyEvent } from '../../state/apply-event.js';
import type { EventBody, RunEvent } from '../../state/event.js';
import { FORMAT_VERSION } from '../../state/journal-format.js';
import type { RunState } from '../../state/run-state.js';
import type { Ports } from './ports.js';

/** Passes each event of a run, with its texts masked, to the state, the journal and the display, in this order. */
export type Recorder = {
  readonly emit: (body: EventBody) => void;
  readonly warn: (message: string, step?: string) => void;
  /** The state so far; only available once the run has started. */
  readonly state: () => RunState;
  /** Whether every event so far is in the journal. */
  readonly resumable: () => boolean;
};

/** The run whose events are recorded, and its last state. */
export type RunIdentity = { readonly runId: string; readonly attempt: number; readonly last: RunState | undefined };

/** Creates a recorder that stamps events; sequence numbers continue from the last state. */
export const createRecorder = (
  { runId, attempt, last }: RunIdentity,
  { clock, journal, display }: Pick<Ports, 'clock' | 'journal' | 'display'>,
  masker: Masker,
): Recorder => {
  let state = last;
  let resumable = true;
  const warn = (message: string, step?: string): void => {
    display.warning(masker.text(message), step);
  };
  const emit = (body: EventBody): void => {
    const event: RunEvent = {
      v: FORMAT_VERSION,
      seq: (state?.seq ?? 0) + 1,
      at: clock.now(),
      run: runId,
      attempt,
      ...maskTexts(body, masker),
    };
    state = applyEvent(state, event);
    if (resumable) {
      const appended = journal.append(event, state);
      resumable = appended.ok;
      if (!appended.ok)
        warn(`the run continues but cannot be resumed: its journal cannot be written: ${appended.error}`);
    }
    display.event(event, state);
  };
  const current = (): RunState => {
    invariant(state !== undefined, 'a run has started before its state is asked for');
    return state;
  };
  return { emit, warn, state: current, resumable: () => resumable };
};

/** The other fields are identities, digests, numbers, or values that may be stored; masking would break them. */
const maskTexts = (body: EventBody, { isEmpty, text }: Masker): EventBody => {
  if (isEmpty()) return body;
  return {
    ...body,
    ...('pipeline' in body && { pipeline: text(body.pipeline) }),
    ...('name' in body && { name: text(body.name) }),
    ...('because' in body && { because: text(body.because) }),
    ...('error' in body && { error: text(body.error) }),
    ...('stdout' in body && { stdout: text(body.stdout) }),
    ...('stderr' in body && { stderr: text(body.stderr) }),
    ...('warnings' in body && { warnings: body.warnings.map(text) }),
  };
};
