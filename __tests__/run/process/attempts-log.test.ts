import { expect, test } from 'vitest';
import { err, ok, type Result } from '../../../src/base/result.js';
import { createAttemptsLog, type AttemptsLog } from '../../../src/run/process/attempts-log.js';

const newLog = (end: Result<void> = ok(undefined)): { readonly log: AttemptsLog; readonly text: () => string } => {
  let text = '';
  const log = createAttemptsLog({ write: (chunk) => void (text += chunk.toString()), close: () => end });
  return { log, text: () => text };
};

test('attempts stand one after the other, with a line of its own between them', () => {
  const { log, text } = newLog();
  log.write(Buffer.from('one\n'));
  log.beginAttempt(2, 3);
  log.write(Buffer.from('half a '));
  log.write(Buffer.from('line'));
  log.write(Buffer.alloc(0));
  log.beginAttempt(3, 3);
  log.write(Buffer.from('three'));
  expect(text()).toBe('one\n--- attempt 2 of 3 ---\nhalf a line\n--- attempt 3 of 3 ---\nthree');
});

test('an attempt without output leaves no empty line', () => {
  const { log, text } = newLog();
  log.beginAttempt(2, 2);
  expect(text()).toBe('--- attempt 2 of 2 ---\n');
});

test('what went wrong with the file is said at the end', () => {
  expect(newLog(err('disk full')).log.close()).toEqual(err('disk full'));
});
