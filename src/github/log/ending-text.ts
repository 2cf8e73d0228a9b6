import type { Annotation } from '../../run/context/ports.js';
import { loopAdvice } from '../../report/failure-text.js';
import { flakySteps } from '../../report/step/flaky-steps.js';
import {
  interruptedNote,
  freshText,
  jobVerdict,
  markedVerdict,
  rerunText,
  resumedText,
  shownState,
  type JobEnd,
} from '../../report/job-verdict.js';
import type { Paint } from '../../report/text/paint.js';
import { plural } from '../../report/step/step-counts.js';
import { lookPaint } from '../../report/step/step-look.js';
import { CLOSING_TABLE_LIMIT, renderTable } from '../../report/step/terminal-table.js';
import type { AnnotationKind, HeldAnnotations } from './annotations.js';
import type { JobLog } from './job-log.js';

/** The log and the held annotations that an ending is written to. */
export type EndingSite = { readonly log: JobLog; readonly held: HeldAnnotations };

/** Writes the last lines of the log: the table, the verdict, the held annotations, and what a re-run will do. */
export const writeEnding = (end: JobEnd, place: EndingSite & { readonly paint: Paint }): void => {
  const { log, held, paint } = place;
  for (const line of ['', ...tableLines(end, paint), '']) log.line(line);
  for (const message of [...end.state.warnings, ...flakyMessages(end)]) {
    held.ours({ kind: 'warning', message, properties: {} });
  }
  const verdict = jobVerdict(end);
  const isBad = BAD.includes(end.state.status);
  if (!isBad) log.line(lookPaint(verdict.look, paint)(markedVerdict(verdict)));
  writeVerdict(isBad ? { kind: 'error', message: verdict.text, properties: {} } : undefined, place);
  const notes = [interruptedNote(end), loopAdvice(end.state), resumedText(end), rerunText(end), freshText(end)];
  for (const note of notes) if (note !== undefined) log.line(note);
};

const flakyMessages = ({ state, nothingToDo }: JobEnd): readonly string[] =>
  nothingToDo ? [] : flakySteps(state).map(({ path, tries }) => `flaky: "${path}" passed at attempt ${String(tries)}`);

/** A long table shows only the rows that need attention. */
const tableLines = (end: JobEnd, paint: Paint): readonly string[] => {
  const options = { limit: CLOSING_TABLE_LIMIT, paths: false, all: 'the job summary lists them all' };
  return renderTable(shownState(end), { paint, columns: undefined }, options);
};

const BAD: readonly string[] = ['failed', 'aborted', 'running'];

/** Issues the verdict, then the held annotations. */
export const writeVerdict = (verdict: Annotation | undefined, { log, held }: EndingSite): void => {
  const { annotations, leftOut } = held.release(verdict);
  for (const annotation of verdict === undefined ? annotations : [verdict, ...annotations]) {
    log.command(annotation.kind, annotation.message, annotation.properties);
  }
  const missing = KINDS.flatMap((kind) => (leftOut[kind] > 0 ? [plural(leftOut[kind], kind)] : []));
  if (missing.length > 0) log.line(`GitHub shows 10 annotations of a kind at most; left out: ${missing.join(', ')}`);
};

const KINDS: readonly AnnotationKind[] = ['error', 'warning', 'notice'];
