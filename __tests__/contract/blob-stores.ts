import { isAzuriteInstalled, startAzurite } from '../rig/github/azurite-blobs.js';
import { type Blobs, createBlobStore } from '../rig/github/blob-store.js';

/** A blob store of the kind a suite runs over. */
export type OpenBlobs = { readonly blobs: Blobs; readonly close: () => Promise<void> };

/** A kind of blob store that the suites run over. */
export type BlobKind = { readonly kind: string; readonly open: () => Promise<OpenBlobs> };

/** The emulator's own store, and Azurite where it is installed; says so where it is not. */
export const blobKinds = (): readonly BlobKind[] => {
  if (isAzuriteInstalled()) return [memory, azurite];
  console.warn('skipped: the suite over Azurite; `npm ci --prefix tools/azurite` installs it');
  return [memory];
};

const memory: BlobKind = {
  kind: 'memory',
  open: () => Promise.resolve({ blobs: createBlobStore(), close: () => Promise.resolve() }),
};

const azurite: BlobKind = {
  kind: 'Azurite',
  open: async () => {
    const blobs = await startAzurite();
    return { blobs, close: blobs.close };
  },
};
