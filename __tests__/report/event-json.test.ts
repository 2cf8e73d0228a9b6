import { expect, test } from 'vitest';
import { renderEventLine } from '../../src/report/event-json.js';
import { encodeLine } from '../../src/state/journal-format.js';
import type { RunEvent } from '../../src/state/event.js';

test('a line of --json output is the journal line without its hash', () => {
  const event: RunEvent = {
    v: 1,
    seq: 1,
    at: 5,
    run: 'r',
    attempt: 1,
    type: 'step_skipped',
    step: 's',
    name: 'a\nb',
    because: 'c',
  };
  const line = renderEventLine(event);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  const { hash: _hash, ...journalled } = JSON.parse(encodeLine(event, '0').line) as Record<string, unknown>;
  expect(JSON.parse(line)).toEqual(journalled);
});
