import { expect, test } from 'vitest';
import { EMPTY_CHAIN, applyChainEvent } from '../../../src/checkpoint/chain.js';
import type { ChainEvent, ChainState } from '../../../src/checkpoint/chain-state.js';
import { readJournaledRun, type JournaledRun } from '../../../src/github/checkpoint/job-journal.js';
import { mayRunLate } from '../../../src/github/job/may-run-late.js';
import type { SaveResult } from '../../../src/github/checkpoint/save-checkpoint.js';
import type { EventBody } from '../../../src/state/event.js';
import { CHAIN_START, encodeLine } from '../../../src/state/journal-format.js';
import { begun, saved, taken } from '../../checkpoint/chain-events.js';
import { valueOf } from '../../machine/temp-folder.js';

const START: EventBody = { type: 'run_started', pipeline: 'p', file: 'savepoint.yml', inputs: {} };
const INTERRUPTED: EventBody = { type: 'late_abortion', steps: [] };
const RESUME: EventBody = { type: 'run_resumed', inputs: {} };

/** Two attempts of a run, the second of which was interrupted, and the number of journal bytes before it. */
const twoAttempts = (): { readonly run: JournaledRun; readonly firstBytes: number } => {
  let [text, hash, firstBytes] = ['', CHAIN_START, 0];
  for (const [index, body] of [START, INTERRUPTED, RESUME].entries()) {
    if (body === RESUME) firstBytes = text.length;
    const attempt = body === RESUME ? 2 : 1;
    const next = encodeLine({ v: 1, seq: index + 1, at: index, run: 'r1', attempt, ...body }, hash);
    [text, hash] = [`${text}${next.line}\n`, next.hash];
  }
  return { run: valueOf(readJournaledRun(Buffer.from(text))), firstBytes };
};

const { run, firstBytes } = twoAttempts();
const after = (...events: readonly ChainEvent[]): ChainState => events.reduce(applyChainEvent, EMPTY_CHAIN);
const keyUsed: ChainEvent = { type: 'key_used', sequence: 1 };
const savedUpTo = (bytes: number): ChainEvent => ({ ...saved(['a'], 1), journal_bytes: bytes }) as ChainEvent;

const NOTHING_STORED = after(begun(), taken(1, 'a'));
const STORED = after(begun(), taken(1, 'a'), keyUsed, savedUpTo(run.journal.validBytes));
const CUT_OFF_WHILE_SAVING = after(begun(), taken(1, 'a'), keyUsed);

const FAILED: SaveResult = { kind: 'failed', message: 'no' };
const tooLarge = (isRecordSaved: boolean): SaveResult => ({ kind: 'too-large', message: 'large', isRecordSaved });
const WITHOUT_CLAIM: readonly SaveResult[] = [FAILED, tooLarge(false), { kind: 'nothing-new' }];
const answers = (chain: ChainState): readonly boolean[] =>
  WITHOUT_CLAIM.map((result) => mayRunLate(result, { run, chain }));

test('once the claim is saved fallbacks run', () => {
  const before = { run, chain: STORED };
  expect(mayRunLate({ kind: 'saved', step: 'a', sequence: 2, bytes: 1 }, before)).toBe(true);
  expect(mayRunLate(tooLarge(true), before)).toBe(true);
});

test('without it they run where no later start can find the attempt', () => {
  expect(answers(NOTHING_STORED)).toEqual([true, true, true]);
  expect(mayRunLate({ kind: 'ambiguous', message: 'two starts' }, { run, chain: STORED })).toBe(true);
});

test('they do not where one can, or may', () => {
  for (const chain of [STORED, CUT_OFF_WHILE_SAVING]) expect(answers(chain)).toEqual([false, false, false]);
});

test('a checkpoint that was restored counts when it holds the attempt, and not when that began after it', () => {
  expect(answers(after(begun({ journal_bytes: run.journal.validBytes })))).toEqual([false, false, false]);
  expect(answers(after(begun({ journal_bytes: firstBytes })))).toEqual([true, true, true]);
  expect(answers(after(begun(), keyUsed, savedUpTo(firstBytes)))).toEqual([true, true, true]);
});

test('a save that failed hides nothing where that is sure, and may where its answer was lost', () => {
  const failed = (is_unsure: boolean): ChainState =>
    applyChainEvent(CUT_OFF_WHILE_SAVING, { type: 'not_saved', is_unsure });
  expect(answers(failed(false))).toEqual([true, true, true]);
  expect(answers(failed(true))).toEqual([false, false, false]);
});
