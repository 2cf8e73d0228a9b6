import { formatDuration } from '../base/duration.js';
import type { FallbackRecord } from '../state/run-state.js';
import { ownerText } from './step/flow-lines.js';
import { inlineText, shortened } from './text/markdown.js';

const OWNER_CHARACTERS = 200;
const SHOWN = 50;

/** A Markdown section on the fallbacks that ran after the job summary was written; empty without any. */
export const renderCleanupSummary = (fired: readonly FallbackRecord[]): string => {
  if (fired.length === 0) return '';
  const lines = fired.slice(0, SHOWN).map(lineOf);
  const more = fired.length > SHOWN ? [`- and ${String(fired.length - SHOWN)} more in the log`] : [];
  return `\n### Cleaned up after the run was stopped\n\n${[...lines, ...more].join('\n')}\n`;
};

const lineOf = ({ name, owner, status, durationMs, error = '' }: FallbackRecord): string => {
  const what = `\`${name}\` of ${inlineText(shortened(ownerText(owner), OWNER_CHARACTERS))}`;
  if (status === 'succeeded') return `- ✓ ${what} (${formatDuration(durationMs)})`;
  return `- ! ${what}: ${status === 'running' ? 'it did not finish' : inlineText(shortened(error, OWNER_CHARACTERS))}`;
};
