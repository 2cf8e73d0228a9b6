import { never } from '../../base/assert.js';
import type { JournalFileProblem } from '../../machine/workdir/journal-file.js';

/** Says why a journal was refused; the caller adds what to do about it. */
export const describeJournalProblem = (file: string, problem: JournalFileProblem): string => {
  switch (problem.kind) {
    case 'newer-version':
      return `${file} was written by a newer Savepoint (format ${String(problem.version)})`;
    case 'damaged':
      return `${file} was changed or damaged at line ${String(problem.line)}`;
    case 'unreadable':
      return problem.message;
    default:
      return never(problem);
  }
};
