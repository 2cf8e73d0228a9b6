import { expect, test } from 'vitest';
import { interruptedText, innermostText } from '../../src/report/interrupted-attempt.js';

test('an interrupted attempt names what it ran', () => {
  expect(interruptedText(['deploy'])).toBe('the last attempt was interrupted while it ran "deploy"');
  expect(interruptedText([])).toBe('the last attempt was interrupted');
  expect(interruptedText(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
    'the last attempt was interrupted while it ran "a", "b", "c", "d", "e" and 2 more',
  );
});

test('what is around another step that ran is not named', () => {
  const steps = ['all/each[1]/on_started/f', 'all/each[1]', 'all/each', 'all', 'all-else', 'other'];
  expect(innermostText(steps)).toBe('"all/each[1]/on_started/f", "all-else", "other"');
  expect(interruptedText(['tests/e2e', 'tests'])).toBe('the last attempt was interrupted while it ran "tests/e2e"');
  expect(innermostText([])).toBe('');
});
