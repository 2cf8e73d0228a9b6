import { createPatternSearch } from '../../base/pattern-search.js';
import type { Result } from '../../base/result.js';
import { secretForms } from '../../base/secret-forms.js';
import type { ByteName } from '../../checkpoint/tar/byte-name.js';
import type { TarMember } from '../../checkpoint/tar/tar-reader.js';
import { tryIoAsync } from '../../machine/files/io-result.js';
import { hardLinkTarget, visitArchive } from './visit-archive.js';

/** Finds secrets in all their encoded forms. */
export type SecretSearch = {
  readonly isInName: (name: ByteName) => boolean;
  /** For content in pieces: returns true from the piece on that completes a secret. */
  readonly content: () => (chunk: Buffer) => boolean;
};

/** Prepares the search; undefined without secrets. */
export const createSecretSearch = (secrets: readonly string[]): SecretSearch | undefined => {
  const forms = [...new Set(secrets.flatMap(secretForms))].map((form) => Buffer.from(form));
  if (forms.length === 0) return undefined;
  const search = createPatternSearch(forms);
  const content = (): ((chunk: Buffer) => boolean) => {
    let isFound = false;
    let open = NOTHING;
    return (chunk) => {
      if (isFound) return true;
      const data = open.length === 0 ? chunk : Buffer.concat([open, chunk]);
      isFound = search.cover(data).length > 0;
      open = Buffer.from(data.subarray(search.openFrom(data)));
      return isFound;
    };
  };
  return { isInName: (name) => search.cover(Buffer.from(name, 'latin1')).length > 0, content };
};

/**
 * The searched members of an archive that hold a secret in content, name or link target. The target of such a hard link
 * is included; the caller handles other links to the same file.
 */
export const membersWithSecrets = (
  file: string,
  search: SecretSearch,
  isSearched: (member: TarMember) => boolean,
): Promise<Result<ReadonlySet<ByteName>>> =>
  tryIoAsync(`cannot look for secrets in ${file}`, async () => {
    const found = new Set<ByteName>();
    let scan = (_chunk: Buffer): void => {};
    const member = (latest: TarMember): void => {
      scan = isSearched(latest) ? scannerFor(latest) : () => {};
    };
    const scannerFor = (latest: TarMember): ((chunk: Buffer) => void) => {
      if ([latest.name, latest.linkName ?? ''].some(search.isInName)) {
        found.add(latest.name).add(hardLinkTarget(latest) ?? latest.name);
      }
      const holdsSecret = search.content();
      return (chunk) => {
        if (holdsSecret(chunk)) found.add(latest.name);
      };
    };
    const visit = visitArchive(file, { member, body: (chunk) => scan(chunk) });
    while ((await visit.next()).done !== true);
    return found;
  });

const NOTHING = Buffer.alloc(0);
