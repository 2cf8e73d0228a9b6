import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aPart, newStoreRig } from '../github/store-rig.js';
import { newTempFolder, valueOf } from '../machine/temp-folder.js';
import { startGitHub } from '../rig/github/start-github.js';
import { nodes } from '../rig/nodes.js';

const PROGRAM = join(import.meta.dirname, '../../dist/store/index.js');

describe.each(nodes)('the store program on %s', (_label, node) => {
  test('brings back a part and an artifact that it stored', async () => {
    await using github = await startGitHub();
    using temp = newTempFolder();
    const [first, second] = [1, 2].map((attempt) => github.environment({ runId: '1', attempt }));
    const part = aPart();
    {
      await using rig = newStoreRig(first ?? {}, [node, PROGRAM]);
      rig.put(part, { 'manifest.json': '{}' });
      valueOf(await rig.store.save({ key: part.key }));
      valueOf(await rig.records.save({ name: 'logs', files: [temp.write('a.log', 'a line')], root: temp.path }));
    }
    await using rig = newStoreRig(second ?? {}, [node, PROGRAM]);
    expect(valueOf(await rig.store.download({ keys: [part.key] }))).toEqual([]);
    expect(rig.read(part, 'manifest.json')).toBe('{}');
    const [record] = valueOf(await rig.records.list('logs'));
    valueOf(await rig.records.download({ id: record?.id ?? 0, folder: temp.at('back') }));
    expect(temp.read('back/a.log')).toBe('a line');
  });

  test('says who starts it when somebody else does', () => {
    const { status, stderr } = spawnSync(node, [PROGRAM], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'this program is started by Savepoint itself\n' });
  });
});
