import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connectStores, whyNoStores, type ConnectOptions } from '../../../src/github/store/connect-stores.js';
import type { ActionInputs } from '../../../src/github/runner/action-inputs.js';
import { guardedStore } from '../../../src/github/store/guarded-store.js';
import { valueOf } from '../../machine/temp-folder.js';
import { newJobRig } from '../job-rig.js';
import { FROM_SOURCE, NO_STORE } from '../store-rig.js';

const WITH_KEY: Pick<ActionInputs, 'checkpoint' | 'encryptionKey'> = {
  checkpoint: true,
  encryptionKey: { kind: 'key', passphrase: 'secret words' },
};

test('stores are connected without a process, which is told to post once it is there', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  expect(job.chain.state().stores).toEqual([]);
  expect(valueOf(await job.stores.store.find('savepoint-v1-'))).toBeUndefined();
  expect(job.chain.state().stores).toMatchObject([{ pid: expect.any(Number) as number }]);
  expect(existsSync(job.folder.chainFile)).toBe(true);
});

test('closing in the middle of a request is no trouble', async () => {
  await using rig = await newJobRig();
  const { stores, chain, display } = rig.start();
  rig.github.fault({ on: 'both', kind: 'hang' });
  const store = guardedStore(stores.store, stores.guard, { without: 'nothing is saved' });
  const asked = store.find('savepoint-v1-');
  await rig.github.untilRequest(() => true);
  await stores.close();
  expect(await asked).toMatchObject({ ok: false });
  expect([chain.state().trouble, display.warnings()]).toEqual([undefined, []]);
});

test('there are stores with a key, and none without checkpoints, with an empty key or without a cache service', async () => {
  await using rig = await newJobRig();
  const { folder, chain, display } = rig.start();
  const logger = { warn: display.warning, note: display.note, mask: display.secret };
  const common = { env: rig.env(), folder, chain, logger, storeProgram: FROM_SOURCE };
  const connect = (more: Partial<ConnectOptions>) => {
    const options = { ...common, inputs: WITH_KEY, ...more };
    return [connectStores(options)?.passphrase, whyNoStores(options)];
  };
  expect(connect({})).toEqual(['secret words', undefined]);
  expect(connect({ inputs: { ...WITH_KEY, checkpoint: false } })).toEqual([undefined, undefined]);
  const empty = { ...WITH_KEY, encryptionKey: { kind: 'empty' } as const };
  expect(connect({ inputs: empty })).toEqual([undefined, expect.stringContaining('"encryption-key" is empty')]);
  expect(connect({ env: NO_STORE })).toEqual([undefined, 'this runner has no cache service']);
  expect(readdirSync(folder.storeFolder)).toEqual([]);
});
