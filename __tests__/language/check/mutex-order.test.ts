import { expect, test } from 'vitest';
import { mistakesIn } from '../reading.js';

const nested = (outer: string, inner: string): string => `{mutex: ${outer}, steps: [{run: x, mutex: ${inner}}]}`;

test('mutexes nested in both orders are a mistake, reported once', async () => {
  const mistakes = await mistakesIn(`steps: [{parallel: [${nested('db', 'port')}, ${nested('port', 'db')}]}]`);
  expect(mistakes).toEqual([expect.stringContaining('the mutexes "db" and "port" are nested in different orders')]);
});

test('a ring of three orders is one too', async () => {
  const ring = [nested('a', 'b'), nested('b', 'c'), nested('c', 'a')].join(', ');
  expect(await mistakesIn(`steps: [{parallel: [${ring}]}]`)).toHaveLength(1);
});

test('mutexes nested in one order everywhere are fine', async () => {
  const ordered = [nested('a', 'b'), nested('b', 'c'), nested('a', 'c')].join(', ');
  expect(await mistakesIn(`steps: [{parallel: [${ordered}]}]`)).toEqual([]);
});
