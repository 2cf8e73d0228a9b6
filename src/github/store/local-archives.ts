import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import type { SealKey } from '../../snapshot/sealed/sealed-file.js';
import type { ArchiveWorker } from './archive-worker.js';
import { unavailable, type StoreTrouble } from './store-trouble.js';

/** Does the work in this process. Modules are loaded when they are first needed. */
export const localArchives = (): ArchiveWorker => {
  const keyFor = createKeyring();
  return {
    packArchive: async ({ secrets, seal, ...job }) => {
      const { packArchive } = await import('../../snapshot/pack-archive.js');
      const sealing = seal && { seal: { key: await keyFor(seal.passphrase), context: seal.context } };
      return asTrouble(await packArchive(job, { secrets, ...sealing }));
    },
    packFile: async ({ file, folder, name, compression, seal }) => {
      const { packPlainFile } = await import('../../snapshot/pack-archive.js');
      const sealing = seal && {
        seal: { key: await keyFor(seal.passphrase), context: { ...seal.context, part: name } },
      };
      return asTrouble(await packPlainFile(file, { target: join(folder, name), compression, ...sealing }));
    },
    readManifest: async ({ folder, seal }) =>
      asTrouble(await (await import('../../snapshot/sealed/read-manifest.js')).readManifest(folder, seal)),
    unpackFile: async (file) =>
      asTrouble(await (await import('../../snapshot/sealed/unpack-file.js')).unpackPlainFile(file)),
    restoreTree: async (job) => ok(await (await import('../../snapshot/restore/restore-tree.js')).restoreTree(job)),
  };
};

const asTrouble = <T>(result: Result<T>): Result<T, StoreTrouble> =>
  result.ok ? result : err(unavailable(result.error));

/** Deriving a key is slow on purpose, so it is done once per passphrase. */
const createKeyring = (): ((passphrase: string) => Promise<SealKey>) => {
  const known = new Map<string, Promise<SealKey>>();
  return async (passphrase) => {
    const { deriveSealKey } = await import('../../snapshot/sealed/sealed-file.js');
    const key = known.get(passphrase) ?? deriveSealKey(passphrase);
    known.set(passphrase, key);
    return key;
  };
};
