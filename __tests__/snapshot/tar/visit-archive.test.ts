import { execFileSync } from 'node:child_process';
import { linkSync, truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TarMember } from '../../../src/checkpoint/tar/tar-reader.js';
import { ArchiveError, hardLinkTarget, visitArchive } from '../../../src/snapshot/tar/visit-archive.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

/** Larger than one read. */
const BIG = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251));

const newArchive = (temp: TempFolder): string => {
  linkSync(temp.write('w/a', BIG), temp.at('w/b'));
  temp.write('w/c', 'small');
  const file = temp.at('a.tar');
  execFileSync('tar', ['--create', '--format=posix', '--sort=name', '--file', file, '-C', temp.at('w'), '.']);
  return file;
};

type Seen = { readonly member: TarMember; readonly body: Buffer };

const visit = async (file: string): Promise<readonly Seen[]> => {
  const seen: { member: TarMember; chunks: Buffer[] }[] = [];
  const visitor = {
    member: (member: TarMember) => void seen.push({ member, chunks: [] }),
    body: (chunk: Buffer) => void seen.at(-1)?.chunks.push(chunk),
  };
  for await (const step of visitArchive(file, visitor)) expect(step).toBeUndefined();
  return seen.map(({ member, chunks }) => ({ member, body: Buffer.concat(chunks) }));
};

describe('a visit', () => {
  test('sees all members in order with their bodies, whole also after later chunks were read', async () => {
    using temp = newTempFolder();
    const seen = await visit(newArchive(temp));
    expect(seen.map(({ member }) => `${member.kind} ${member.name}`)).toEqual([
      'folder ',
      'file a',
      'hardlink b',
      'file c',
    ]);
    expect(seen[1]?.body.subarray(0, BIG.length).equals(BIG)).toBe(true);
    expect(seen[3]?.body.subarray(0, 5).toString()).toBe('small');
  });

  test('of a truncated file, or of one that is not an archive, ends with an error that says so', async () => {
    using temp = newTempFolder();
    const file = newArchive(temp);
    truncateSync(file, 300_000);
    await expect(visit(file)).rejects.toThrow(ArchiveError);
    await expect(visit(temp.write('text', 'no archive'.repeat(1000)))).rejects.toThrow(/text is not a whole archive/);
    await expect(visit(temp.at('missing'))).rejects.toThrow('ENOENT');
  });
});

test('a hard link leads to a member by the name that has in its archive', async () => {
  using temp = newTempFolder();
  const targets = (await visit(newArchive(temp))).map(({ member }) => hardLinkTarget(member));
  expect(targets).toEqual([undefined, undefined, 'a', undefined]);
});
