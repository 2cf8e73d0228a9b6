import { readLogTail, readStepSummary } from '../../machine/workdir/read-logs.js';
import { appendToFile } from '../../machine/files/write-file.js';
import { renderJobSummary, type StepSummary } from '../../report/job-summary.js';
import type { JobEnd } from '../../report/job-verdict.js';
import { renderCleanupSummary } from '../../report/cleanup-summary.js';
import { startsProcesses, type FallbackRecord, type RunState } from '../../state/run-state.js';

/** The content of a job summary and the file to write. */
export type SummaryOf = JobEnd & {
  /** The file the runner reads; undefined: no summary. */
  readonly file: string | undefined;
  /** Absolute; empty without logs. */
  readonly logsFolder: string;
  readonly warnings: readonly string[];
  readonly warn: (message: string) => void;
};

/** Slightly below GitHub's limit of 1 MiB, so that the cleanup section still fits. */
const LIMIT_BYTES = 1_000_000;
const LAST_LINES_BYTES = 4096;

/** Writes the summary of a job: how it ended, the failure's last lines, every step, and the steps' own summaries. */
export const writeJobSummary = ({ file, logsFolder, warn, ...end }: SummaryOf): void => {
  if (file === undefined) return;
  const text = renderJobSummary({
    ...end,
    lastLines: lastLinesOf(end.state, logsFolder),
    stepSummaries: summariesOf(end.state, logsFolder),
    limitBytes: LIMIT_BYTES,
  });
  const written = appendToFile(file, text);
  if (!written.ok) warn(`cannot write the job summary: ${written.error}`);
};

/** Adds the fallbacks that ran after main wrote the job summary. */
export const addCleanupSummary = (
  fired: readonly FallbackRecord[],
  { file, warn }: Pick<SummaryOf, 'file' | 'warn'>,
): void => {
  const text = renderCleanupSummary(fired);
  if (file === undefined || text === '') return;
  const written = appendToFile(file, text);
  if (!written.ok) warn(`cannot add the cleanup to the job summary: ${written.error}`);
};

const lastLinesOf = ({ failedStep }: RunState, logsFolder: string): string => {
  const tail = failedStep === undefined ? undefined : readLogTail(logsFolder, failedStep, LAST_LINES_BYTES);
  return tail?.ok === true ? (tail.value ?? '') : '';
};

const summariesOf = ({ steps, attempt }: RunState, logsFolder: string): readonly StepSummary[] =>
  [...steps.values()]
    .filter((step) => step.runAttempt === attempt && startsProcesses(step))
    .flatMap(({ path }) => {
      const read = readStepSummary(logsFolder, path, LIMIT_BYTES);
      return read.ok && read.value !== undefined ? [{ step: path, markdown: read.value }] : [];
    });
