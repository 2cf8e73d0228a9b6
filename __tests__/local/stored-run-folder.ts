import { encodeLine, CHAIN_START } from '../../src/state/journal-format.js';
import type { EventBody, RunEvent } from '../../src/state/event.js';
import { newTempFolder, type TempFolder } from '../machine/temp-folder.js';
import { failed, groupStarted, started, succeeded } from '../report/recorded-run.js';

/** The bytes of a journal of a run with that id. */
export const journalOf = (runId: string, bodies: readonly EventBody[]): string => {
  let hash = CHAIN_START;
  return bodies
    .map((body, index) => {
      const event: RunEvent = { v: 1, seq: index + 1, at: 1_700_000_000_000 + index, run: runId, attempt: 1, ...body };
      const encoded = encodeLine(event, hash);
      hash = encoded.hash;
      return `${encoded.line}\n`;
    })
    .join('');
};

/** The first event of every journal. */
export const runStarted: EventBody = { type: 'run_started', pipeline: 'release', file: 'savepoint.yml', inputs: {} };

/** A folder where run `now` failed at its second step and run `before` succeeded earlier. */
export const newStoredRunFolder = (): TempFolder => {
  const folder = newTempFolder();
  const now = [
    runStarted,
    started('a', 'A'),
    succeeded('a'),
    groupStarted('g', 'G'),
    started('g/b', 'B'),
    failed('g/b'),
  ];
  const end: EventBody = { type: 'run_failed', failed_step: 'g/b', error: 'exit code 1', warnings: [] };
  folder.write('.work/journal.jsonl', journalOf('now', [...now, failed('g'), end]));
  folder.write('.work/logs/a.log', 'output of a');
  folder.write('.work/logs/g/b.log', 'output of b\n');
  const success: EventBody = { type: 'run_succeeded', warnings: [], outputs: {} };
  folder.write(
    '.work/history/before/journal.jsonl',
    journalOf('before', [runStarted, started('a'), succeeded('a'), success]),
  );
  folder.write('.work/history/before/logs/a.log', 'older output of a\n');
  return folder;
};
