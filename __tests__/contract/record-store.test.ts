import { describe, expect, test } from 'vitest';
import { errorOf, newTempFolder, valueOf } from '../machine/temp-folder.js';
import { PAUSE_MS, storeKinds, withSuiteStores, type OpenStores, type StartedStores } from './store-kinds.js';

describe.each(storeKinds())('a record store: $kind', ({ open }) => {
  let stores: OpenStores;
  let first: StartedStores;
  let second: StartedStores;
  withSuiteStores(open, (opened) => ({ stores, first, second } = opened));

  const save = async ({ records }: StartedStores, name: string, content: string) => {
    using folder = newTempFolder();
    const files = [folder.write('logs/a.log', content)];
    return await records.save({ name, files, root: folder.path, retentionDays: 5 });
  };

  test('gives a record back with its files, and takes what was not stored for an error', async () => {
    using target = newTempFolder();
    valueOf(await save(first, 'back-1', 'one'));
    const [record, ...others] = valueOf(await second.records.list('back-'));
    expect(others).toEqual([]);
    expect(record).toEqual({
      name: 'back-1',
      id: expect.any(Number) as number,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    const wanted = { id: record?.id ?? 0, digest: record?.digest ?? '', folder: target.at('got') };
    expect((await second.records.download(wanted)).ok).toBe(true);
    expect(target.read('got/logs/a.log')).toBe('one');
    const other = { ...wanted, digest: `sha256:${'0'.repeat(64)}` };
    expect(errorOf(await second.records.download(other)).kind).toBe('unavailable');
    await stores.pass(PAUSE_MS);
  });

  test('lists records of one name from two attempts, each with its own content', async () => {
    valueOf(await save(first, 'state', 'of attempt 1'));
    valueOf(await save(second, 'state', 'of attempt 2'));
    await using start = stores.start(3);
    using target = newTempFolder();
    const listed = valueOf(await start.records.list('state'));
    expect(listed.map(({ name }) => name)).toEqual(['state', 'state']);
    for (const { id } of listed) valueOf(await start.records.download({ id, folder: target.at(String(id)) }));
    const contents = listed.map(({ id }) => target.read(`${id}/logs/a.log`));
    expect(contents.sort()).toEqual(['of attempt 1', 'of attempt 2']);
  });

  test('lists those names only that begin so', async () => {
    for (const name of ['begin-1', 'other-begin-2']) valueOf(await save(first, name, 'content'));
    expect(valueOf(await first.records.list('begin-')).map(({ name }) => name)).toEqual(['begin-1']);
  });

  test('takes a name once per attempt, and has no record that was never saved', async () => {
    using target = newTempFolder();
    valueOf(await save(first, 'once', 'one'));
    expect(errorOf(await save(first, 'once', 'two')).kind).toBe('taken');
    const missing = await second.records.download({ id: 999_999, folder: target.path });
    expect(errorOf(missing).kind).toBe('unavailable');
    await stores.pass(PAUSE_MS);
  });

  test('answers with an error when it cannot be asked, or when the deadline has passed', async () => {
    await using start = stores.start();
    stores.fail();
    expect((await start.records.list('')).ok).toBe(false);
    stores.heal();
    stores.hang();
    await using other = stores.start();
    const asked = other.records.list('', 300);
    await stores.pass(300);
    expect(errorOf(await asked)).toMatchObject({ kind: 'unavailable', isUnanswered: true });
    stores.heal();
  });
});
