import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { appendEventLine, readEventLines } from '../../../src/machine/files/event-lines.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test('events come back in the order they were added, and only this user can read them', () => {
  using temp = newTempFolder();
  const file = temp.at('events.jsonl');
  expect(valueOf(readEventLines(file))).toEqual([]);
  for (const event of [{ a: 'one\ntwo' }, { b: 2 }]) valueOf(appendEventLine(file, event));
  expect(valueOf(readEventLines(file))).toEqual([{ a: 'one\ntwo' }, { b: 2 }]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  ['a torn last line', '{"a":1}\n{"b":', [{ a: 1 }]],
  ['a last line without its end', '{"a":1}\n{"b":2}', [{ a: 1 }]],
  ['everything after a damaged line', '{"a":1}\n{"b"\0\n{"c":3}\n', [{ a: 1 }]],
])('%s is left out', (_what, text, events) => {
  using temp = newTempFolder();
  expect(valueOf(readEventLines(temp.write('events.jsonl', text)))).toEqual(events);
});

test('a file that cannot be used is an error', () => {
  using temp = newTempFolder();
  expect(errorOf(appendEventLine(temp.at('missing/events'), {}))).toContain('cannot write');
  expect(errorOf(readEventLines(temp.path))).toContain('cannot read');
});
