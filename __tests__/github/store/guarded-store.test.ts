import { expect, test } from 'vitest';
import { err, ok, type Result } from '../../../src/base/result.js';
import { openChainLog, type ChainLog } from '../../../src/github/store/chain-log.js';
import {
  createStoreGuard,
  guardedStore,
  type GuardedRequest,
  type StoreUse,
} from '../../../src/github/store/guarded-store.js';
import { unavailable, type StoreTrouble } from '../../../src/github/store/store-trouble.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { createFakeClock } from '../../rig/fake-clock.js';
import { newMemoryStore } from '../../rig/memory-store.js';
import { aPart, storeFiles } from '../store-rig.js';

const MIB = 1024 * 1024;

const openGuard = (temp: TempFolder) => {
  const clock = createFakeClock(0);
  const said: string[] = [];
  const chain: ChainLog = openChainLog(temp.at('chain.jsonl'), (message) => said.push(message));
  const guard = createStoreGuard({
    chain,
    now: clock.now,
    warn: (message) => said.push(`warning: ${message}`),
    note: (message) => said.push(message),
  });
  /** Asks a store that needs so long for that answer. */
  const ask = (answer: Result<string, StoreTrouble>, takesMs = 0, more: Partial<StoreUse> = {}) =>
    guard.ask({ use: { ...USE, ...more }, send: () => clock.advance(takesMs).then(() => answer) });
  return { clock, said, chain, guard, ask };
};

const USE: StoreUse = { without: 'nothing is saved' };

type Send = GuardedRequest<string>['send'];

test('trouble is told once as a warning, then as notes, also over the phases of a job', async () => {
  using temp = newTempFolder();
  const main = openGuard(temp);
  await main.ask(err(unavailable('it is ill')));
  await main.ask(err(unavailable('still ill')), 0, { isFinal: true });
  expect(main.said).toEqual(['warning: it is ill; nothing is saved', 'still ill; nothing is saved']);
  const post = openGuard(temp);
  await post.ask(err(unavailable('ill in post')));
  expect(post.said).toEqual(['ill in post; nothing is saved']);
});

test('after trouble the store is left alone, and at the very end asked once more', async () => {
  using temp = newTempFolder();
  const { clock, guard, ask } = openGuard(temp);
  await ask(err(unavailable('ill')));
  expect(guard.pauseMs()).toBe(60_000);
  expect(errorOf(await ask(ok('there')))).toEqual(unavailable('the store is left alone because of earlier trouble'));
  expect(errorOf(await ask(err(unavailable('ill again')), 0, { isFinal: true })).message).toBe('ill again');
  expect(errorOf(await ask(ok('there'), 0, { isFinal: true })).message).toContain('left alone');
  await clock.advance(120_000);
  expect(valueOf(await ask(ok('there')))).toBe('there');
  expect(guard.pauseMs()).toBe(0);
});

test('a store that takes nothing is never asked again', async () => {
  using temp = newTempFolder();
  const { guard, ask } = openGuard(temp);
  await ask(err({ kind: 'read-only', message: 'read only' }));
  expect(guard.pauseMs()).toBe(Infinity);
  expect(errorOf(await ask(ok('there'), 0, { isFinal: true })).message).toContain('left alone');
});

test('a request may take as long as there is patience left, and longer for what it moves', async () => {
  using temp = newTempFolder();
  const { clock, guard } = openGuard(temp);
  const limits: number[] = [];
  const send: Send = (limitMs) => {
    limits.push(Math.round(limitMs / 100) / 10);
    return clock.advance(limitMs).then(() => err(unavailable('late')));
  };
  for (const sizeBytes of [0, 100 * MIB, 0, 0]) {
    await guard.ask({ use: USE, sizeBytes, send });
    await clock.advance(600_000);
  }
  expect(limits).toEqual([6, 106.1, 3]);
  expect(guard.pauseMs()).toBe(Infinity);
});

test('what trouble cost in main leaves less for post', async () => {
  using temp = newTempFolder();
  const main = openGuard(temp);
  await main.ask(err(unavailable('late')), 4000);
  expect(main.chain.state().troubleMs).toBe(4000);
  await main.clock.advance(60_000);
  await main.ask(err(unavailable('late')), 6000);
  let limit = 0;
  const send: Send = (limitMs) => {
    limit = limitMs;
    return Promise.resolve(ok('there'));
  };
  await openGuard(temp).guard.ask({ use: USE, send });
  expect(limit).toBe(5000);
});

test('trouble on this machine counts like that of the store', () => {
  using temp = newTempFolder();
  const { guard, said, chain } = openGuard(temp);
  guard.complain('the disk is full', 'nothing is saved');
  expect(said).toEqual(['warning: the disk is full; nothing is saved']);
  expect([guard.pauseMs(), chain.state().trouble]).toEqual([60_000, 'the disk is full']);
});

test('what fails because the store is being closed is no trouble', async () => {
  using temp = newTempFolder();
  const { guard, said, chain, ask } = openGuard(temp);
  guard.release();
  expect(errorOf(await ask(err(unavailable('the store was closed')))).message).toBe('the store was closed');
  guard.complain('the store was closed', 'nothing is saved');
  expect([said, chain.state().trouble]).toEqual([[], undefined]);
});

test('a guarded store that hangs has an answer after 6 s, and is left alone then', async () => {
  using temp = newTempFolder();
  const { clock, guard, said } = openGuard(temp);
  const memory = newMemoryStore(clock);
  const store = guardedStore(memory.open(temp.path), guard, USE);
  memory.fault('find', 'hang');
  const asked = store.find('savepoint-v1-');
  await memory.untilHanging();
  await clock.advance(6000);
  expect(errorOf(await asked)).toMatchObject({ isUnanswered: true, message: 'the store did not answer within 6.0s' });
  expect(said).toEqual(['warning: the store did not answer within 6.0s; nothing is saved']);
  memory.heal();
  expect(errorOf(await store.find('savepoint-v1-')).message).toContain('left alone');
  expect(memory.calls).toEqual(['find']);
});

test('a name that is taken is trouble, unless that is an answer', async () => {
  using temp = newTempFolder();
  const { clock, guard, said } = openGuard(temp);
  const memory = newMemoryStore(clock).open(temp.path);
  storeFiles(temp.path).put(aPart(), { start: 'here' });
  const entry = { key: aPart().key, isShared: true } as const;
  const claims = guardedStore(memory, guard, { ...USE, mayBeTaken: true });
  expect((await claims.save(entry)).ok).toBe(true);
  expect(errorOf(await claims.save(entry)).kind).toBe('taken');
  expect([said, guard.pauseMs()]).toEqual([[], 0]);
  expect(errorOf(await guardedStore(memory, guard, USE).save(entry)).kind).toBe('taken');
  expect([said.length, guard.pauseMs()]).toEqual([1, 60_000]);
});
