import { ancestorsOf, displayName, plainName, type ByteName } from './tar/byte-name.js';
import type { TarMember, TarMemberKind } from './tar/tar-headers.js';

/** Guards a workspace against the members of a chain of archives. Tell it of everything in the order of the chain. */
export type MemberCheck = {
  /** Why a member must not be extracted; undefined when it may be. */
  readonly check: (member: TarMember) => string | undefined;
  /** A name that was deleted may come again as something else. */
  readonly deleted: (name: ByteName) => void;
};

/** `folded`: for file systems that do not tell capitals apart, as on macOS. */
export type NameIdentity = 'exact' | 'folded';

/**
 * Starts with a chain of which nothing is known yet. What passes lies in the workspace whatever else passed: a symbolic
 * link may lead anywhere, but nothing goes through it.
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

/** By Unicode where the bytes are UTF-8: composed or not, capital or not. */
const foldedName = (name: ByteName): string => displayName(name).normalize('NFC').toLowerCase();

const targetOf = ({ linkName = '' }: TarMember): ByteName => plainName(linkName);

const whyNotByItself = (member: TarMember): string | undefined => {
  const { name, kind } = member;
  if (kind === 'device') return 'it is a device';
  if (kind === 'other') return 'it is of no known type';
  if (name === '') return kind === 'folder' ? undefined : 'it has no name';
  return forbiddenBecause(name) ?? whyNotLinked(member);
};

const whyNotLinked = (member: TarMember): string | undefined => {
  if (member.linkName?.includes('\0') === true) return 'what it links to has a NUL byte in it';
  if (member.kind !== 'hardlink') return undefined;
  const because = forbiddenBecause(targetOf(member));
  return because === undefined ? undefined : `of what it is a hard link to, ${because}`;
};

const whyNotThrough = (ancestor: ByteName | undefined): string | undefined =>
  ancestor === undefined ? undefined : `"${displayName(ancestor)}", which is above it, is no folder`;

/** A folder and anything else never take each other's place without a deletion between them. */
const whyNotInPlaceOf = (before: TarMemberKind | undefined, now: TarMemberKind): string | undefined =>
  before === undefined || (before === 'folder') === (now === 'folder')
    ? undefined
    : 'a folder and something else have the same name';

/** Why a checkpoint may never hold or delete something of that name; undefined for an ordinary name. */
export const forbiddenBecause = (name: ByteName): string | undefined => {
  if (name.startsWith('/')) return 'its name is absolute';
  if (name.includes('\0')) return 'its name has a NUL byte in it';
  const segments = name.split('/');
  if (segments.includes('..')) return 'its name leads out with ".."';
  if (segments.includes('') || segments.includes('.')) return 'its name has an empty part or a "." in it';
  return isGitOwn(name) ? 'it is what git itself goes by' : undefined;
};

/**
 * Whether git would obey it: the workspace's own `.git` with all that is in it, and every `.git/config`. Capitals do not
 * count, for file systems that do not tell them apart.
 */
export const isGitOwn = (name: ByteName): boolean => /^\.git(?:\/|$)|(?:^|\/)\.git\/config(?:\/|$)/i.test(name);
