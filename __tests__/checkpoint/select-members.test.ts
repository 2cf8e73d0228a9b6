import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMemberSelection } from '../../src/checkpoint/select-members.js';
import type { TarMember } from '../../src/checkpoint/tar/tar-headers.js';
import { membersOf, newTarWorkspace } from './tar-workspace.js';

const START_MS = 1_700_000_000_000.25;
const since = { startedAtMs: START_MS, folders: new Map([['old', { entries: new Map() }]]) };
const select = createMemberSelection({ since, isInScope: (name) => name !== 'out' });

const member = (values: Partial<TarMember>): TarMember => ({
  ...{
    name: 'a',
    kind: 'file',
    mode: 0,
    sizeBytes: 0,
    mtimeMs: 0,
    ctimeMs: 0,
    isSparse: false,
    headers: Buffer.alloc(0),
  },
  ...values,
});

test('everything but folders is kept: tar put it in because it changed', () => {
  for (const kind of ['file', 'symlink', 'hardlink', 'fifo'] as const) expect(select(member({ kind }))).toBe('keep');
});

test('what is out of scope is dropped', () => {
  expect(select(member({ name: 'out' }))).toBe('drop');
  expect(select(member({ name: 'out', kind: 'folder' }))).toBe('drop');
});

test.each<[string, Partial<TarMember>, 'keep' | 'drop']>([
  ['new', { name: 'new' }, 'keep'],
  ['known and did not change', { ctimeMs: START_MS - 0.25 }, 'drop'],
  ['known and changed when the listing began', { ctimeMs: START_MS }, 'keep'],
  ['known and changed later', { ctimeMs: START_MS + 0.001 }, 'keep'],
])('a folder that is %s: %s', (_what, values, verdict) => {
  expect(select(member({ name: 'old', kind: 'folder', ...values }))).toBe(verdict);
});

test('a folder without a known time of change is kept', () => {
  const { ctimeMs: _, ...rest } = member({ name: 'old', kind: 'folder' });
  expect(select(rest)).toBe('keep');
});

test('of a real archive, folders in which only a file was written again are dropped', () => {
  using workspace = newTarWorkspace();
  workspace.write('still/file');
  workspace.write('grown/file');
  const listed = workspace.list();
  workspace.write('still/file', 'changed');
  const ctimeOfFolder = (name: string): number => statSync(workspace.pathOf(name)).ctimeMs;
  const isLater = (): boolean => ctimeOfFolder('grown') > ctimeOfFolder('still');
  for (let count = 0; count === 0 || !isLater(); count++) workspace.write(`grown/${count}`);
  workspace.folder('new');
  const members = membersOf([workspace.archive().bytes]).map((found) => found.member);
  const ctimeOf = (name: string): number => members.find((found) => found.name === name)?.ctimeMs ?? Number.NaN;
  const startedAtMs = (ctimeOf('still') + ctimeOf('grown')) / 2;
  const keeps = createMemberSelection({ since: { ...listed, startedAtMs }, isInScope: () => true });
  const kept = members.filter((found) => keeps(found) === 'keep').map(({ name }) => name);
  expect(kept).toEqual(expect.arrayContaining(['', 'grown', 'new', 'still/file', 'grown/0']));
  expect(kept).not.toContain('still');
});
