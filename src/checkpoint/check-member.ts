import { ancestorsOf, displayName, plainName, type ByteName } from './tar/byte-name.js';
import type { TarMember, TarMemberKind } from './tar/tar-headers.js';

/** Protects a workspace from the members of a chain of archives. Pass it all members in the order of the chain. */
export type MemberCheck = {
  /** Why a member must not be extracted; undefined when it may be. */
  readonly check: (member: TarMember) => string | undefined;
  /** Reports a deletion: the name may return as another kind. */
  readonly deleted: (name: ByteName) => void;
};

/** `folded`: for file systems that ignore case, as on macOS. */
export type NameIdentity = 'exact' | 'folded';

/**
 * Starts a check for a new chain. Members that pass stay within the workspace, in any combination: a symbolic link may
 * lead anywhere, but no member is extracted through it.
 */
export const createMemberCheck = (identity: NameIdentity = 'exact'): MemberCheck => {
  const kinds = new Map<string, TarMemberKind>();
  const keyOf = identity === 'exact' ? (name: ByteName) => name : foldedName;

  const check = (member: TarMember): string | undefined => {
    const ancestors = ancestorsOf(member.name);
    const before = kinds.get(keyOf(member.name));
    const because =
      whyNotByItself(member) ??
      whyNotThrough(ancestors.find((name) => (kinds.get(keyOf(name)) ?? 'folder') !== 'folder')) ??
      whyNotInPlaceOf(before, member.kind);
    if (because !== undefined) return because;
    if (member.kind === 'hardlink' && (kinds.get(keyOf(targetOf(member))) ?? 'folder') === 'folder') {
      return 'it is a hard link to nothing before it';
    }
    for (const name of ancestors) kinds.set(keyOf(name), 'folder');
    kinds.set(keyOf(member.name), member.kind);
    return undefined;
  };
  return { check, deleted: (name) => kinds.delete(keyOf(name)) };
};

/** Ignores case and Unicode composition. */
const foldedName = (name: ByteName): string => displayName(name).normalize('NFC').toLowerCase();

const targetOf = ({ linkName = '' }: TarMember): ByteName => plainName(linkName);

const whyNotByItself = (member: TarMember): string | undefined => {
  const { name, kind } = member;
  if (kind === 'device') return 'it is a device';
  if (kind === 'other') return 'it is of an unknown type';
  if (name === '') return kind === 'folder' ? undefined : 'it has no name';
  return forbiddenBecause(name) ?? whyNotLinked(member);
};

const whyNotLinked = (member: TarMember): string | undefined => {
  if (member.linkName?.includes('\0') === true) return 'its link target contains a NUL byte';
  if (member.kind !== 'hardlink') return undefined;
  const because = forbiddenBecause(targetOf(member));
  return because === undefined ? undefined : `of what it is a hard link to, ${because}`;
};

const whyNotThrough = (ancestor: ByteName | undefined): string | undefined =>
  ancestor === undefined ? undefined : `"${displayName(ancestor)}" above it is not a folder`;

/** A folder and another kind never replace each other without a deletion between them. */
const whyNotInPlaceOf = (before: TarMemberKind | undefined, now: TarMemberKind): string | undefined =>
  before === undefined || (before === 'folder') === (now === 'folder')
    ? undefined
    : 'a folder and something else have the same name';

/** Why a checkpoint may never contain or delete a name; undefined for an ordinary name. */
export const forbiddenBecause = (name: ByteName): string | undefined => {
  if (name.startsWith('/')) return 'its name is absolute';
  if (name.includes('\0')) return 'its name contains a NUL byte';
  const segments = name.split('/');
  if (segments.includes('..')) return 'its name leads out with ".."';
  if (segments.includes('') || segments.includes('.')) return 'its name has an empty part or a "." in it';
  return isGitOwn(name) ? 'it belongs to git itself' : undefined;
};

/**
 * Whether git itself uses a name: the workspace's own `.git` with its content, and every `.git/config`. Case is ignored,
 * because some file systems ignore it.
 */
export const isGitOwn = (name: ByteName): boolean => /^\.git(?:\/|$)|(?:^|\/)\.git\/config(?:\/|$)/i.test(name);
