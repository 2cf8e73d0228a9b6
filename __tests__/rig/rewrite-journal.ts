import { CHAIN_START, decodeJournal, encodeLine } from '../../src/state/journal-format.js';
import type { RunEvent } from '../../src/state/event.js';
import type { Rig } from './rig.js';

/** Changes events of a rig's journal and recomputes its hashes, as if Savepoint had written it. */
export const rewriteJournal = (rig: Rig, change: (event: RunEvent) => RunEvent): void => {
  const journal = decodeJournal(Buffer.from(rig.read(FILE)));
  if (!journal.ok) throw new Error(JSON.stringify(journal.error));
  let hash = CHAIN_START;
  const lines = journal.value.events.map((event) => {
    const encoded = encodeLine(change(event), hash);
    hash = encoded.hash;
    return `${encoded.line}\n`;
  });
  rig.write(FILE, lines.join(''));
};

const FILE = '.work/journal.jsonl';
