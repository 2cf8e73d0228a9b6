// Run by Node 24 with what to do, an empty folder and a size in MiB: passes a file of that size through one module.
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import '../../scripts/typescript-sources.mjs';

const { digestOfFiles } = await import('../../src/machine/workspace/file-digest.ts');
const { packFile } = await import('../../src/snapshot/sealed/stored-file.ts');

const [, , work, folder, mebibytes] = process.argv;
const MIB = 1024 * 1024;

const WORKS = {
  digest: async () => {
    writeFileSync(join(folder, 'large'), '');
    truncateSync(join(folder, 'large'), Number(mebibytes) * MIB);
    await digestOfFiles(folder, ['large']);
  },
  pack: async () => {
    const chunk = Buffer.alloc(MIB);
    const chunks = function* () {
      for (let count = 0; count < Number(mebibytes); count++) yield chunk;
    };
    await packFile(Readable.from(chunks()), { target: join(folder, 'packed'), compression: 'gzip' });
  },
};

await WORKS[work]();
