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
      valueOf(await rig.store.ask({ call: 'save', given: { key: part.key } }));
      const given = { name: 'logs', files: [temp.write('a.log', 'a line')], root: temp.path };
      valueOf(await rig.store.ask({ call: 'uploadArtifact', given }));
    }
    await using rig = newStoreRig(second ?? {}, [node, PROGRAM]);
    expect(valueOf(await rig.store.ask({ call: 'download', given: { keys: [part.key] } }))).toEqual({ missing: [] });
    expect(rig.read(part, 'manifest.json')).toBe('{}');
    const [artifact] = valueOf(await rig.store.ask({ call: 'listArtifacts', given: undefined }));
    const given = { id: artifact?.id ?? 0, folder: temp.at('back') };
    valueOf(await rig.store.ask({ call: 'downloadArtifact', given }));
    expect(temp.read('back/a.log')).toBe('a line');
  });

  test('says who starts it when somebody else does', () => {
    const { status, stderr } = spawnSync(node, [PROGRAM], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'this program is started by Savepoint itself\n' });
  });
});
