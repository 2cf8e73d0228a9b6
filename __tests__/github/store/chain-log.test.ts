import { appendFileSync, chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openChainLog } from '../../../src/github/store/chain-log.js';
import { begun, taken } from '../../checkpoint/chain-events.js';
import { newTempFolder } from '../../machine/temp-folder.js';

const refuse = (message: string): void => {
  throw new Error(message);
};

test('what main added is there for post, up to a line that was torn as main was killed', () => {
  using temp = newTempFolder();
  const main = openChainLog(temp.at('chain.jsonl'), refuse);
  for (const event of [begun(), taken(1, 'a'), taken(2, 'b')]) main.add(event);
  appendFileSync(temp.at('chain.jsonl'), '{"type":"taken","index":3');
  const post = openChainLog(temp.at('chain.jsonl'), refuse);
  expect(post.state()).toEqual(main.state());
  expect(post.state().pending.map(({ step }) => step)).toEqual(['a', 'b']);
});

test('trouble with the file is told once, and the log goes on in memory', () => {
  using temp = newTempFolder();
  const told: string[] = [];
  const log = openChainLog(temp.at('missing/chain.jsonl'), (message) => told.push(message));
  for (const event of [begun(), taken(1, 'a')]) log.add(event);
  expect(told).toEqual([expect.stringMatching(/^checkpoints are only saved while this step runs: cannot write /)]);
  expect(log.state().pending).toHaveLength(1);
});

test('a log that cannot be read is told too', () => {
  using temp = newTempFolder();
  const told: string[] = [];
  temp.write('folder/.made');
  chmodSync(temp.at('folder'), 0o700);
  openChainLog(temp.at('folder'), (message) => told.push(message)).add(begun());
  expect(told).toEqual([expect.stringContaining('cannot read')]);
});
