import { describe, expect, test } from 'vitest';
import type { EventBody, RunEvent } from '../../src/state/event.js';
import { CHAIN_START, decodeJournal, encodeLine, FORMAT_VERSION } from '../../src/state/journal-format.js';
import { createRandom } from '../rig/random.js';
import { begin, stamp, STARTED, succeed } from './told-run.js';

const encode = (events: readonly RunEvent[]): Buffer => {
  let hash = CHAIN_START;
  const lines = events.map((event) => {
    const line = encodeLine(event, hash);
    ({ hash } = line);
    return `${line.line}\n`;
  });
  return Buffer.from(lines.join(''));
};

const EVENTS = stamp([
  STARTED,
  begin('a'),
  succeed('a', { outputs: { v: '"}\n' } }),
  { type: 'run_aborted', by: 'signal', warnings: [] },
]);
const JOURNAL = encode(EVENTS);
const LINES = JOURNAL.toString().split('\n').slice(0, -1);

const journalOf = (...lines: readonly (string | undefined)[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);

describe('a journal', () => {
  test('is read back as it was written', () => {
    const read = decodeJournal(JOURNAL);
    expect(read).toMatchObject({ ok: true, value: { events: EVENTS, validBytes: JOURNAL.length } });
  });

  test('is one JSON object a line, for people and tools', () => {
    expect(LINES).toHaveLength(EVENTS.length);
    for (const [index, line] of LINES.entries()) {
      const { hash, ...event } = JSON.parse(line) as { hash: string };
      expect(event).toEqual(EVENTS[index]);
      expect(hash).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  test('that is empty holds nothing', () => {
    expect(decodeJournal(Buffer.alloc(0))).toEqual({
      ok: true,
      value: { events: [], hash: CHAIN_START, validBytes: 0 },
    });
  });

  test('continues from the hash it was read with', () => {
    const half = decodeJournal(encode(EVENTS.slice(0, 2)));
    const rest = EVENTS.slice(2);
    const first = rest[0] && half.ok ? encodeLine(rest[0], half.value.hash) : undefined;
    const second = rest[1] && first ? encodeLine(rest[1], first.hash) : undefined;
    expect([...LINES.slice(0, 2), first?.line, second?.line]).toEqual(LINES);
  });

  test.each<[string, string]>([
    ['text of many scripts', 'Grüße 🌍 你好 \u200f\u2028\u2029'],
    ['quotes, escapes and line ends', '"\\\n\r\t\0\u0007}'],
    ['half of a surrogate pair', 'a\ud83d'],
    ['what looks like a hash', ',"hash":"00000000000000000000000000000000"}'],
  ])('holds %s', (_, text) => {
    const events = stamp([STARTED, { type: 'step_skipped', step: 'a', name: text, because: text }]);
    const read = decodeJournal(encode(events));
    expect(read).toMatchObject({ ok: true, value: { events } });
  });

  test.each([1, 2, 3, 4, 5])('of random texts is read back (seed %i)', (seed) => {
    const random = createRandom(seed);
    const bodies = Array.from({ length: 30 }, (): EventBody => {
      const text = random.text('a"\\{}:,\n\u00e9\u{1f30d}\u2028 0', random.below(40));
      return { type: 'step_skipped', step: text, name: text, because: text };
    });
    const events = stamp([STARTED, ...bodies]);
    expect(decodeJournal(encode(events))).toMatchObject({ ok: true, value: { events } });
  });
});

describe('a torn last line', () => {
  test('is left out, wherever it was torn', () => {
    const whole = JOURNAL.lastIndexOf(10, JOURNAL.length - 2) + 1;
    for (let length = whole; length < JOURNAL.length; length += 1) {
      const read = decodeJournal(JOURNAL.subarray(0, length));
      expect(read.ok && [read.value.events.length, read.value.validBytes]).toEqual([EVENTS.length - 1, whole]);
    }
  });

  test('as the only line leaves nothing', () => {
    expect(decodeJournal(Buffer.from('{"v":1,'))).toMatchObject({ ok: true, value: { events: [], validBytes: 0 } });
  });
});

describe('a journal is refused', () => {
  test('when any byte of a complete line was changed', () => {
    for (let at = 0; at < JOURNAL.length - 1; at += 1) {
      const changed = Buffer.from(JOURNAL);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(decodeJournal(changed).ok, `byte ${at}`).toBe(false);
    }
  });

  test.each([1, 2, 3])('when a random byte became a random other one (seed %i)', (seed) => {
    const random = createRandom(seed);
    for (let round = 0; round < 300; round += 1) {
      const changed = Buffer.from(JOURNAL);
      const at = random.below(JOURNAL.length - 1);
      changed[at] = ((changed[at] ?? 0) + 1 + random.below(255)) % 256;
      expect(decodeJournal(changed).ok, `byte ${at}`).toBe(false);
    }
  });

  const [first, second, third, fourth] = LINES;
  test.each<[string, Buffer, number]>([
    ['a line was taken out', journalOf(first, third, fourth), 2],
    ['the first line was taken out', journalOf(second, third), 1],
    ['lines changed places', journalOf(first, third, second, fourth), 2],
    ['a line was repeated', journalOf(first, second, second, third), 3],
    ['a line is empty', journalOf(first, '', second), 2],
    ['a line is no JSON', journalOf(first, 'hello', second), 2],
    ['a line is no object', journalOf(first, '[1]', second), 2],
    ['a line is null', journalOf('null'), 1],
    ['a line has no hash', journalOf('{"v":1}'), 1],
    ['a line has white space before it', journalOf(` ${first ?? ''}`), 1],
    ['a line has white space after it', journalOf(`${first ?? ''} `), 1],
    ['lines end as on Windows', Buffer.from(`${first ?? ''}\r\n`), 1],
    ['two lines became one', Buffer.from(`${first ?? ''}${second ?? ''}\n`), 1],
  ])('when %s, with the line', (_, bytes, line) => {
    expect(decodeJournal(bytes)).toEqual({ ok: false, error: { kind: 'damaged', line } });
  });

  test('when a newer version wrote it, before anything else about it is judged', () => {
    const newer = journalOf(first, '{"v":2,"something":"else"}');
    expect(decodeJournal(newer)).toEqual({ ok: false, error: { kind: 'newer-version', version: 2 } });
  });
});

test('events carry the version of the format that this program reads', () => {
  const [event] = stamp([STARTED]);
  expect(event?.v).toBe(FORMAT_VERSION);
  expect(event && encodeLine(event, CHAIN_START).line).toMatch(/^\{"v":1,"seq":1,"at":1000,"run":"r1","attempt":1,/);
});
