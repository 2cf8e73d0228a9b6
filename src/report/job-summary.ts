import type { RunState } from '../state/run-state.js';
import { failedStep, loopAdvice } from './failure-text.js';
import {
  interruptedNote,
  flakyNote,
  freshText,
  jobVerdict,
  rerunText,
  resumedText,
  shownState,
  type JobEnd,
} from './job-verdict.js';
import { closedMarkdown, codeBlock, inlineText, shortened, sizeOf, tableRow } from './text/markdown.js';
import { shownOutput } from './text/shown-output.js';
import { countsText, plural } from './step/step-counts.js';
import { MARKS } from './step/step-look.js';
import { tableRows, type TableRow } from './step/table-rows.js';

/** The text a step wrote to `GITHUB_STEP_SUMMARY`. */
export type StepSummary = { readonly step: string; readonly markdown: string };

/** The content of a job summary. */
export type JobSummary = JobEnd & {
  /** The last output of the step that failed first; empty without one. */
  readonly lastLines: string;
  /** All warnings. */
  readonly warnings: readonly string[];
  readonly stepSummaries: readonly StepSummary[];
  /** Upper bound for the summary, whatever the pipeline prints; GitHub drops one over 1 MiB. */
  readonly limitBytes: number;
};

/**
 * The summary of a job as Markdown: how it ended, the failure, what was resumed, every step, and the steps' own summaries.
 * If it is too big, it first loses summaries of steps, then rows in the middle of the table, then warnings and lines of
 * the failure; a character, row or code block is never split.
 */
export const renderJobSummary = (summary: JobSummary): string => {
  const head = `${headline(summary)}${cutPart(summary)}`;
  const parts = [failurePart, notesPart, warningsPart, tablePart, ownPart];
  const texts: string[] = [];
  let room = summary.limitBytes - sizeOf(head);
  if (room < 0) return '';
  for (const part of parts) {
    const text = part(summary, room);
    texts.push(text);
    room -= sizeOf(text);
  }
  const [failure = '', notes = '', warnings = '', table = '', own = ''] = texts;
  return `${head}${failure}${notes}${table}${warnings}${own}`;
};

/** A part of the summary in at most that many bytes; empty when it has no content or no room. */
type Part = (summary: JobSummary, roomBytes: number) => string;

const TEXT_CHARACTERS = 400;

const inlineShort = (text: string): string => inlineText(shortened(text, TEXT_CHARACTERS));

const headline = (summary: JobSummary): string => {
  const { look, text } = jobVerdict(summary);
  return `## ${MARKS[look]} ${inlineShort(text)}\n\n`;
};

const cutPart = (summary: JobSummary): string => {
  const note = interruptedNote(summary);
  return note === undefined ? '' : `${inlineShort(note)}\n\n`;
};

const LINES_SHOWN = 40;

const failurePart: Part = ({ state, lastLines }, roomBytes) => {
  const record = failedStep(state);
  if (record === undefined || lastLines === '') return '';
  const title = `The last lines of ${inlineShort(record.name)}:\n\n`;
  // At most half of the room, so that the failure does not crowd out the rest.
  const block = codeBlock(shownOutput(lastLines, LINES_SHOWN), Math.floor(roomBytes / 2) - sizeOf(title) - 1);
  return block === '' ? '' : `${title}${block}\n`;
};

const notesPart: Part = (summary, roomBytes) => {
  const said = [loopNote(summary), flakyNote(summary), resumedText(summary), rerunText(summary), freshText(summary)];
  const notes = said.flatMap((note) => (note === undefined ? [] : [`${noteMarkdown(note)}\n`]));
  return fitting(notes, roomBytes, (text) => (text === '' ? '' : `${text}\n`));
};

const loopNote = ({ state }: JobSummary): string | undefined => {
  const advice = loopAdvice(state);
  return advice === undefined ? undefined : `${advice.slice(0, 1).toUpperCase()}${advice.slice(1)}.`;
};

/** Savepoint's own sentences may contain code; what they quote is safe text, but its markup is not escaped yet. */
const noteMarkdown = (note: string): string => {
  const pieces = shortened(note, 2 * TEXT_CHARACTERS).split('`');
  if (pieces.length % 2 === 0) return `- ${inlineText(note)}`;
  return `- ${pieces.map((piece, index) => (index % 2 === 1 ? `\`${piece}\`` : inlineText(piece))).join('')}`;
};

const WARNINGS_SHOWN = 50;

const warningsPart: Part = ({ warnings }, roomBytes) => {
  if (warnings.length === 0) return '';
  const lines = warnings.slice(0, WARNINGS_SHOWN).map((warning) => `- ${inlineShort(warning)}\n`);
  const more =
    warnings.length > WARNINGS_SHOWN ? `- and ${String(warnings.length - WARNINGS_SHOWN)} more in the log\n` : '';
  const title = `\n### ${plural(warnings.length, 'warning')}\n\n`;
  return fitting([...lines, more], Math.floor(roomBytes / 2), (text) => (text === '' ? '' : `${title}${text}`));
};

/** The lines that fit, with `around` applied to them. */
const fitting = (lines: readonly string[], roomBytes: number, around: (text: string) => string): string => {
  let room = roomBytes - sizeOf(around(' '));
  const kept = lines.filter((line) => {
    room -= sizeOf(line);
    return room >= 0;
  });
  return around(kept.join(''));
};

const TABLE_HEAD = `${tableRow(['', 'Step', 'Time', 'Attempts', 'Why'])}${tableRow(['---', '---', '---:', '---:', '---'])}`;

const tablePart: Part = (summary, roomBytes) => {
  const state = shownState(summary);
  const rows = tableRows(state, { folds: true, live: false });
  if (rows.length === 0) return '';
  const counts = `${countsText(state)}\n\n`;
  const room = roomBytes - sizeOf(counts) - sizeOf(TABLE_HEAD);
  const table = rowsWithin(rows.map(markdownRow), room);
  return table === '' ? '' : `${counts}${TABLE_HEAD}${table}`;
};

const rowsWithin = (rows: readonly string[], roomBytes: number): string => {
  const sizes = rows.map(sizeOf);
  if (sizes.reduce((sum, size) => sum + size, 0) <= roomBytes) return rows.join('');
  let room = roomBytes - sizeOf(moreRow(rows.length));
  let head = 0;
  let tail = 0;
  // Alternates between both ends, so that rows in the middle are dropped.
  for (let next = sizes[0] ?? 0; head + tail < rows.length && next <= room;) {
    room -= next;
    if (head > tail) tail += 1;
    else head += 1;
    next = (head > tail ? sizes[rows.length - 1 - tail] : sizes[head]) ?? 0;
  }
  if (head === 0) return '';
  const left = rows.length - head - tail;
  return [...rows.slice(0, head), moreRow(left), ...rows.slice(rows.length - tail)].join('');
};

const moreRow = (count: number): string => tableRow(['', `… and ${String(count)} more`, '', '', '']);

const DEEPEST_INDENT = 8;

const markdownRow = ({ look, depth, name, time, attempts, why }: TableRow): string =>
  tableRow([
    look === undefined ? '' : MARKS[look],
    `${'&emsp;'.repeat(Math.min(depth, DEEPEST_INDENT))}${inlineShort(name)}`,
    time,
    attempts,
    inlineShort(why),
  ]);

const ownPart: Part = ({ state, stepSummaries }, roomBytes) => {
  const texts = stepSummaries
    .filter(({ markdown }) => markdown.trim() !== '')
    .map(({ step, markdown }) => `\n### ${inlineShort(nameOf(step, state))}\n\n${closedMarkdown(markdown)}`);
  let room = roomBytes - sizeOf(leftOutText(texts.length));
  const kept = texts.filter((text) => {
    if (sizeOf(text) > room) return false;
    room -= sizeOf(text);
    return true;
  });
  const left = texts.length - kept.length;
  const note = left === 0 ? '' : leftOutText(left);
  return sizeOf(note) > roomBytes ? '' : `${kept.join('')}${note}`;
};

const nameOf = (step: string, state: RunState): string => state.steps.get(step)?.name ?? step;

const leftOutText = (count: number): string =>
  `\nThere was no room for the ${count === 1 ? 'summary of 1 step' : `summaries of ${String(count)} steps`}.\n`;
