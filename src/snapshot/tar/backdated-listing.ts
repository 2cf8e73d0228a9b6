import { open, readFile, type FileHandle } from 'node:fs/promises';
import { err, ok, type Result } from '../../base/result.js';
import { createListingBackdating, parseListing, type Listing } from '../../checkpoint/tar/tar-listing.js';
import { tryIoAsync, tryIoResultAsync } from '../../machine/files/io-result.js';

/** How far a listing's start is set back before use, because file times come from a coarse clock. */
export const BACKDATE_MS = 20;

/** Reads a listing with its start set back, as the next archive uses it. */
export const readBackdatedListing = async (file: string): Promise<Result<Listing>> => {
  const listing = await readListing(file);
  return listing.ok ? ok({ ...listing.value, startedAtMs: listing.value.startedAtMs - BACKDATE_MS }) : listing;
};

/** Reads a listing that GNU tar wrote. */
export const readListing = async (file: string): Promise<Result<Listing>> => {
  const bytes = await tryIoAsync(`cannot read the listing ${file}`, () => readFile(file));
  if (!bytes.ok) return bytes;
  const listing = parseListing(bytes.value);
  return listing.ok ? listing : err(`${file} is not a listing of GNU tar: ${listing.error}`);
};

/** Copies a listing with its start set back, in chunks, because it grows with the number of names. */
export const copyBackdated = (from: string, to: string): Promise<Result<void>> =>
  tryIoResultAsync(`cannot copy the listing ${from}`, () =>
    withFile(from, 'r', (source) => withFile(to, 'w', (target) => copyBetween(source, target))),
  );

const withFile = async <T>(file: string, flags: string, work: (handle: FileHandle) => Promise<T>): Promise<T> => {
  const handle = await open(file, flags, 0o600);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
};

const CHUNK_BYTES = 1024 * 1024;

const copyBetween = async (source: FileHandle, target: FileHandle): Promise<Result<void>> => {
  const backdating = createListingBackdating(BACKDATE_MS);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await source.read(chunk);
    if (bytesRead === 0) return notAListing(backdating.end());
    const backdated = backdating.push(chunk.subarray(0, bytesRead));
    if (!backdated.ok) return notAListing(backdated);
    await target.writeFile(backdated.value);
  }
};

const notAListing = (checked: Result<unknown>): Result<void> =>
  checked.ok ? ok(undefined) : err(`cannot use a listing of GNU tar: ${checked.error}`);
