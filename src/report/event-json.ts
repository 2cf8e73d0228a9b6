import type { RunEvent } from '../state/event.js';

/** A line of `--json` output: the same object as in the journal, without the journal's hash. */
export const renderEventLine = (event: RunEvent): string => `${JSON.stringify(event)}\n`;
