import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJournal } from '../../src/state/journal-format.js';
import type { RunEvent } from '../../src/state/event.js';
import { newRig, type Rig } from '../rig/rig.js';
import type { Case } from './case-file.js';
import { eventLine } from './event-line.js';

/**
 * Plays a case in a new workspace with the real program, and returns the outcome of each act: the new events of the
 * journal, `ran` with the trail of the steps, mistakes in the file as `<file>:<line>:<column> <code>`, and the exit code.
 * Scripts see `START`, the number of the act from 1, and the commands `./ran`, which leaves the step's path on the trail,
 * and `./after <step>`, which waits until the journal has the end of that step.
 */
export const playCase = async ({ files, acts }: Case): Promise<readonly string[]> => {
  await using rig = await newRig({ ...files, ran: RAN, after: AFTER });
  const told: string[] = [];
  let seen: Seen = { run: '', seq: 0 };
  for (const [index, { command }] of acts.entries()) {
    const [program, ...args] = command.split(' ');
    if (program !== 'savepoint') {
      execFileSync('sh', ['-ec', command], { cwd: rig.workspace });
      told.push('');
      continue;
    }
    const start = rig.cli(args, { env: { START: String(index + 1) } });
    const exitCode = await start.exitCode;
    const events = eventsIn(rig);
    const lines = [...newEvents(events, seen).flatMap((event) => eventLine(event) ?? []), ...trailOf(rig)];
    told.push([...lines, ...mistakesIn(start.stderr()), `exit ${exitCode}`, ''].join('\n'));
    const last = events.at(-1);
    seen = last === undefined ? seen : { run: last.run, seq: last.seq };
  }
  return told;
};

const RAN = '#!/bin/sh\necho "$SAVEPOINT_STEP" >> trail.txt\n';

const AFTER = `#!/bin/sh
until grep -F "\\"step\\":\\"$1\\"" .work/journal.jsonl | grep -q duration_ms; do sleep 0.02; done
`;

/** The number of the last event that belongs to an earlier act. */
type Seen = { readonly run: string; readonly seq: number };

const newEvents = (events: readonly RunEvent[], { run, seq }: Seen): readonly RunEvent[] =>
  events[0]?.run === run ? events.filter((event) => event.seq > seq) : events;

/** The whole journal, whose numbers always rise by one. */
const eventsIn = (rig: Rig): readonly RunEvent[] => {
  if (!rig.has(JOURNAL)) return [];
  const journal = decodeJournal(readFileSync(join(rig.workspace, JOURNAL)));
  if (!journal.ok) throw new Error(`the journal is refused: ${JSON.stringify(journal.error)}`);
  const { events } = journal.value;
  const misplaced = events.find(({ seq }, index) => seq !== index + 1);
  if (misplaced !== undefined) throw new Error(`event ${misplaced.seq} is out of its place`);
  return events;
};

const JOURNAL = '.work/journal.jsonl';

const trailOf = (rig: Rig): readonly string[] => {
  const trail = rig.trail();
  return trail.length === 0 ? [] : [`ran ${trail.join(' ')}`];
};

const mistakesIn = (stderr: string): readonly string[] =>
  [...stderr.matchAll(/^(\S+:\d+:\d+) .*\[([\w-]+)\]$/gm)].map(([, place = '', code = '']) => `${place} ${code}`);
