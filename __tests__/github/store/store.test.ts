import { describe, expect, test } from 'vitest';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { startGitHub } from '../../rig/github/start-github.js';
import { aPart, newStoreRig } from '../store-rig.js';
import { appendFileSync, chmodSync } from 'node:fs';
import { openChainLog } from '../../../src/github/store/chain-log.js';
import { begun, taken } from '../../checkpoint/chain-events.js';
import { startSource } from '../../machine/source-child.js';
import { isFromWorker, isToWorker } from '../../../src/github/store/worker-protocol.js';

describe('artifact entries', () => {
  test('an artifact that arrives damaged, or is not there, is said in one line', async () => {
    await using github = await startGitHub();
    await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
    using folder = newTempFolder();
    valueOf(await rig.records.save({ name: 'state', files: [folder.write('a.log')], root: folder.path }));
    const [{ id } = { id: 0 }] = valueOf(await rig.records.list('state'));
    const damaged = await rig.records.download({ id, digest: `sha256:${'0'.repeat(64)}`, folder: folder.at('got') });
    expect(errorOf(damaged)).toEqual({ kind: 'unavailable', message: 'the artifact was damaged on its way' });
    const missing = await rig.records.download({ id: 999_999, folder: folder.path });
    expect(errorOf(missing)).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('999999') as string,
    });
  });

  test('a connection that breaks is an error that names the artifact service', async () => {
    await using github = await startGitHub();
    await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
    using folder = newTempFolder();
    github.fault({ on: 'both', kind: 'connection-loss' });
    const record = { name: 'state', files: [folder.write('a.log')], root: folder.path };
    for (const asked of [() => rig.records.list('', 1500), () => rig.records.save(record, 1500)])
      expect(errorOf(await asked()).message).toMatch(/^the artifact service /);
  });
});

describe('chain log', () => {
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
});

describe('worker handlers', () => {
  test('a save is refused before any request while anything but the part of that key lies in the folder', async () => {
    await using github = await startGitHub();
    await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
    const save = async (key: string): Promise<string> => errorOf(await rig.store.save({ key })).message;
    rig.put(aPart({ sequence: 2 }), { 'manifest.json': '{}' });
    expect(await save(aPart().key)).toContain('has to hold the part of');
    expect(await save('no-key-of-ours')).toContain('has to hold the part of');
    expect([await github.entries(), github.requests]).toEqual([[], []]);
  });
});

describe('worker process', () => {
  test('a call is answered by its handler, after what was heard on the way', async () => {
    const { output } = startSource(`
    import { writeSync } from 'node:fs';
    import { serveCalls } from 'src/github/store/worker-process.js';
    const handlers = {
      find: async (given, listen) => {
        const { words } = await listen(async () => {
          process.stdout.write('::add-mask::sig\\n');
          console.log('Received 4194304 of 104857600 (4.0%), 4.0 MBs/sec');
          console.log('Attempt 1 of 5 failed with error: Failed request: (500) Internal Server Error');
        });
        return { ok: true, value: { given, words: words.length } };
      },
      listRecords: async (given, listen) => {
        await listen(async () => console.log('Failed request: (502) Bad Gateway'));
        return { ok: true, value: [] };
      },
    };
    const serve = serveCalls(handlers, (message) => writeSync(1, JSON.stringify(message) + '\\n'));
    await serve('none of ours');
    await serve({ kind: 'call', id: 1, call: 'find', given: 'a' });
    await serve({ kind: 'call', id: 2, call: 'listRecords' });`);
    const messages = (await output)
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(messages).toEqual([
      { kind: 'mask', value: 'sig' },
      { kind: 'size', id: 1, bytes: 104857600 },
      { kind: 'trouble', id: 1, message: 'the cache service answered with HTTP status 500' },
      { kind: 'answer', id: 1, result: { ok: true, value: { given: 'a', words: 2 } } },
      { kind: 'trouble', id: 2, message: 'the artifact service answered with HTTP status 502' },
      { kind: 'answer', id: 2, result: { ok: true, value: [] } },
    ]);
  });
});

describe('worker protocol', () => {
  test('each side knows its messages by their kind', () => {
    expect(isToWorker({ kind: 'call', id: 1, call: 'find', given: 'a' })).toBe(true);
    expect(isFromWorker({ kind: 'mask', value: 'x' })).toBe(true);
    expect(isFromWorker({ kind: 'size', id: 1, bytes: 1 })).toBe(true);
    expect(isFromWorker({ kind: 'answer', id: 1, result: { ok: true } })).toBe(true);
    for (const other of [undefined, null, 'call', 1, {}, { kind: 1 }, { kind: 'other' }]) {
      expect(isToWorker(other)).toBe(false);
      expect(isFromWorker(other)).toBe(false);
    }
  });
});
