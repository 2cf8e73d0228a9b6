import { expect, test } from 'vitest';
import { describeJournalProblem } from '../../../src/local/work/journal-problem.js';

test('a journal that is refused is named, with the reason', () => {
  const told = [
    describeJournalProblem('/w/journal.jsonl', { kind: 'newer-version', version: 2 }),
    describeJournalProblem('/w/journal.jsonl', { kind: 'damaged', line: 3 }),
    describeJournalProblem('/w/journal.jsonl', { kind: 'unreadable', message: 'cannot read the journal: EACCES' }),
  ];
  expect(told).toEqual([
    '/w/journal.jsonl was written by a newer Savepoint (format 2)',
    '/w/journal.jsonl was changed or damaged at line 3',
    'cannot read the journal: EACCES',
  ]);
});
