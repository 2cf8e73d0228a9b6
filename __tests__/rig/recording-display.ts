import type { Annotation, Display } from '../../src/run/context/ports.js';
import type { RunEvent } from '../../src/state/event.js';

/** A display that shows nothing and records everything. */
export type RecordingDisplay = Display & {
  readonly events: readonly RunEvent[];
  readonly warnings: readonly { readonly message: string; readonly step: string | undefined }[];
  readonly annotations: readonly { readonly step: string; readonly annotation: Annotation }[];
  /** All output of a step so far. */
  readonly secrets: readonly string[];
  readonly outputOf: (step: string) => string;
};

/** A display without any records yet. */
export const createRecordingDisplay = (): RecordingDisplay => {
  const events: RunEvent[] = [];
  const warnings: { message: string; step: string | undefined }[] = [];
  const annotations: { step: string; annotation: Annotation }[] = [];
  const secrets: string[] = [];
  const outputs = new Map<string, Buffer[]>();
  return {
    events,
    warnings,
    annotations,
    secrets,
    secret: (value) => void secrets.push(value),
    event: (event) => void events.push(event),
    // Chunks are only valid during the call.
    output: (step, chunk) => void outputs.set(step, [...(outputs.get(step) ?? []), Buffer.from(chunk)]),
    warning: (message, step) => void warnings.push({ message, step }),
    annotation: (step, annotation) => void annotations.push({ step, annotation }),
    outputOf: (step) => Buffer.concat(outputs.get(step) ?? []).toString(),
  };
};
