import { describe, expect, test } from 'vitest';
import { legPrefix } from '../../src/checkpoint/checkpoint-key.js';
import { aPart } from '../github/store-rig.js';
import { errorOf, valueOf } from '../machine/temp-folder.js';
import { PAUSE_MS, storeKinds, withSuiteStores, type OpenStores, type StartedStores } from './store-kinds.js';

type Part = ReturnType<typeof aPart>;

const save = async (part: Part, start: StartedStores, content = part.key): Promise<void> => {
  start.put(part, { 'manifest.json': content });
  valueOf(await start.store.save({ key: part.key }));
};

describe.each(storeKinds())('a checkpoint store: $kind', ({ open }) => {
  let stores: OpenStores;
  let first: StartedStores;
  let second: StartedStores;
  withSuiteStores(open, (opened) => ({ stores, first, second } = opened));

  test('gives a part back as it was saved', async () => {
    const part = aPart({ leg: 'back' });
    first.put(part, { 'manifest.json': '{}', '000001.tree': 'bytes' });
    valueOf(await first.store.save({ key: part.key }));
    expect(valueOf(await second.store.download({ keys: [part.key] }))).toEqual([]);
    expect(second.read(part, '000001.tree')).toBe('bytes');
    expect(second.read(part, 'manifest.json')).toBe('{}');
  });

  test('downloads several parts at once, and names those that are gone in the given order', async () => {
    const parts = [1, 2, 3, 4, 5, 6].map((sequence) => aPart({ leg: 'many', sequence }));
    for (const part of parts) await save(part, first);
    const gone = [2, 5].map((sequence) => aPart({ leg: 'many', sequence }).key);
    for (const key of gone) await stores.evict(key);
    expect(valueOf(await second.store.download({ keys: parts.map(({ key }) => key) }))).toEqual(gone);
    for (const part of parts.filter(({ key }) => !gone.includes(key))) {
      expect(second.read(part, 'manifest.json')).toBe(part.key);
    }
  });

  test('finds the newest entry of a leg that is left, and answers undefined if there is none', async () => {
    const parts = [1, 2].map((sequence) => aPart({ leg: 'newest', sequence }));
    const prefix = legPrefix(aPart({ leg: 'newest' }));
    const find = async (): Promise<string | undefined> => valueOf(await first.store.find(prefix));
    expect(await find()).toBeUndefined();
    for (const part of parts) await save(part, first);
    expect(await find()).toBe(parts[1]?.key);
    await stores.evict(parts[1]?.key ?? '');
    expect(await find()).toBe(parts[0]?.key);
  });

  test('does not take an entry whose key only begins like the wanted one for it', async () => {
    await save(aPart({ leg: 'trap', nonce: 'n12' }), first);
    const wanted = aPart({ leg: 'trap', nonce: 'n1' }).key;
    expect(valueOf(await first.store.download({ keys: [wanted] }))).toEqual([wanted]);
  });

  test('counts a second save of a part as saved, and never changes an entry', async () => {
    const part = aPart({ leg: 'twice' });
    await save(part, first, 'as it was');
    await save(part, first, 'as it is now');
    valueOf(await second.store.download({ keys: [part.key] }));
    expect(second.read(part, 'manifest.json')).toBe('as it was');
  });

  test('gives a shared key to one of several starts that save it, and tells the others that it is taken', async () => {
    const part = aPart({ leg: 'shared' });
    const entry = { key: part.key, isShared: true } as const;
    const starts = [first, second];
    for (const [index, start] of starts.entries()) start.put(part, { start: String(index) });
    const saves = await Promise.all(starts.map(({ store }) => store.save(entry)));
    expect(saves.map((saved) => (saved.ok ? 'ok' : saved.error.kind)).sort()).toEqual(['ok', 'taken']);
    for (const { store } of starts) expect(errorOf(await store.save(entry)).kind).toBe('taken');
    valueOf(await second.store.download({ keys: [part.key] }));
    expect(second.read(part, 'start')).toBe(String(saves.findIndex(({ ok }) => ok)));
  });

  test('saves nothing while the folder holds anything but the part of that key', async () => {
    const [part, other] = [aPart({ leg: 'alone' }), aPart({ leg: 'alone', sequence: 2 })];
    second.put(other, { 'manifest.json': '{}' });
    for (const key of [part.key, 'not-a-key']) {
      expect(errorOf(await second.store.save({ key })).message).toContain('has to hold the part of');
      await stores.pass(PAUSE_MS);
    }
    expect(valueOf(await first.store.find(legPrefix(part)))).toBeUndefined();
  });

  test('takes calls that overlap', async () => {
    const parts = [1, 2, 3].map((sequence) => aPart({ leg: 'overlap', sequence }));
    for (const part of parts) await save(part, first);
    const downloads = parts.map(({ key }) => second.store.download({ keys: [key] }));
    const found = await second.store.find(legPrefix(aPart({ leg: 'overlap' })));
    expect((await Promise.all(downloads)).map(valueOf)).toEqual([[], [], []]);
    expect(valueOf(found)).toBe(parts[2]?.key);
    for (const part of parts) expect(second.read(part, 'manifest.json')).toBe(part.key);
  });

  test('does not take a damaged entry for one that is missing', async () => {
    const part = aPart({ leg: 'damaged' });
    await save(part, first, 'x'.repeat(5000));
    await stores.truncate(part.key);
    expect(errorOf(await second.store.download({ keys: [part.key] }, 20_000)).kind).toBe('unavailable');
    await stores.pass(PAUSE_MS);
  });

  test('has no entry after a save that was interrupted, whose key stays in use', async () => {
    const part = aPart({ leg: 'interrupted' });
    const entry = { key: part.key, isShared: true } as const;
    await using start = stores.start();
    start.put(part, { start: 'first' });
    const interrupted = stores.interrupt();
    const saving = start.store.save(entry);
    await interrupted;
    await start.close();
    expect((await saving).ok).toBe(false);
    stores.heal();
    await using other = stores.start();
    other.put(part, { start: 'second' });
    expect(errorOf(await other.store.save(entry)).kind).toBe('taken');
    expect(valueOf(await other.store.download({ keys: [part.key] }))).toEqual([part.key]);
  });

  test('answers with an error when it cannot be asked, and saves nothing then', async () => {
    const part = aPart({ leg: 'ill' });
    await using start = stores.start();
    start.put(part, { 'manifest.json': '{}' });
    stores.fail();
    const answers = [
      await start.store.find(legPrefix(part)),
      await start.store.download({ keys: [part.key] }),
      await start.store.save({ key: part.key }),
    ];
    stores.heal();
    expect(answers.map(({ ok }) => ok)).toEqual([false, false, false]);
    expect(valueOf(await first.store.find(legPrefix(part)))).toBeUndefined();
  });

  test('answers with an error when the deadline has passed, and works again after that', async () => {
    await using start = stores.start();
    stores.hang();
    const asked = start.store.find('savepoint-v1-', 300);
    await stores.pass(300);
    expect(errorOf(await asked)).toMatchObject({ kind: 'unavailable', isUnanswered: true });
    stores.heal();
    await stores.pass(PAUSE_MS);
    expect(valueOf(await start.store.find(legPrefix(aPart({ leg: 'none' }))))).toBeUndefined();
  });
});
