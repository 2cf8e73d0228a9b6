import { never } from '../base/assert.js';
import type { JournalFileProblem } from '../machine/journal-file.js';

/** Why a journal was refused, and the way out. */
export const describeJournalProblem = (file: string, problem: JournalFileProblem): string => {
  switch (problem.kind) {
    case 'newer-version':
      return `${file} was written by a newer Savepoint (format ${String(problem.version)}); use that one, or start anew with savepoint run`;
    case 'damaged':
      return `${file} was changed or damaged at line ${String(problem.line)}; start anew with savepoint run`;
    case 'unreadable':
      return problem.message;
    default:
      return never(problem);
  }
};
