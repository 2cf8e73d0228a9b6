import { displayName, plainName, type ByteName } from '../../checkpoint/tar/byte-name.js';

/** Whether an archive by GNU tar can be used. */
export type TarResult =
  | {
      readonly kind: 'ok';
      /** Files that changed or vanished while they were read, for display. */
      readonly changed: readonly string[];
      /** Unreadable names, and mount points, which are not entered: nothing is known about names beneath. */
      readonly unreadable: readonly ByteName[];
    }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Interprets a run of GNU tar with `LC_ALL=C --quoting-style=escape`. Exit code 2 is accepted only if all messages are
 * about unreadable paths. The messages are those of GNU tar 1.34 and 1.35.
 */
export const readTarResult = (exitCode: number, stderr: string): TarResult => {
  const remarks = stderr
    .split('\n')
    .filter((line) => line !== '')
    .map(readRemark);
  const strange = remarks.flatMap((remark) => (remark.kind === 'strange' ? [remark.line] : []));
  if (exitCode > 2) return { kind: 'failed', message: failure(exitCode, strange) };
  if (exitCode === 2 && (strange.length > 0 || remarks.length === 0)) {
    return { kind: 'failed', message: failure(exitCode, strange) };
  }
  const namesOf = (kind: 'changed' | 'unreadable'): readonly ByteName[] => [
    ...new Set(remarks.flatMap((remark) => (remark.kind === kind ? [remark.name] : []))),
  ];
  return { kind: 'ok', changed: namesOf('changed').map(displayName), unreadable: namesOf('unreadable') };
};

type Remark =
  | { readonly kind: 'changed' | 'unreadable'; readonly name: ByteName }
  | { readonly kind: 'harmless' }
  | { readonly kind: 'strange'; readonly line: string };

const readRemark = (line: string): Remark => {
  if (line === 'tar: Exiting with failure status due to previous errors') return { kind: 'harmless' };
  const match = /^tar: ((?:\\.|[^\\:])+): (.*)$/.exec(line);
  const name = memberName(unescapeName(match?.[1] ?? ''));
  const kind = KINDS.find(([pattern]) => pattern.test(match?.[2] ?? ''))?.[1];
  if (kind === 'harmless') return { kind };
  return name === undefined || kind === undefined ? { kind: 'strange', line } : { kind, name };
};

/** The first match counts. */
const KINDS: readonly (readonly [RegExp, 'changed' | 'unreadable' | 'harmless'])[] = [
  [/^(?:file changed as we read it|File removed before we read it|File shrank by \d+ bytes?(?:;.*)?)$/, 'changed'],
  [/^(?:Warning: )?Cannot [a-z ]+: No such file or directory$/, 'changed'],
  [
    /^(?:Warning: )?(?:Cannot [a-z ]+|Cannot seek to \d+|Read error at byte \d+, while reading \d+ bytes?): /,
    'unreadable',
  ],
  [/^(?:file|directory) is on a different filesystem; not dumped$/, 'unreadable'],
  [/^Unknown file type; file ignored$/, 'unreadable'],
  [/^(?:socket ignored|door ignored|file is the archive; not dumped)$/, 'harmless'],
  [/^Directory (?:is new|has been renamed)/, 'harmless'],
];

/** Undefined for absolute names, which are those of the archive and the listing. */
const memberName = (path: string): ByteName | undefined =>
  path === '' || path.startsWith('/') ? undefined : plainName(path);

const unescapeName = (text: string): string =>
  text.replace(/\\([0-7]{3}|.)/g, (_all, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (CONTROLS[code] ?? code),
  );

const CONTROLS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const failure = (exitCode: number, strange: readonly string[]): string => {
  if (exitCode > 128) return `tar was ended by signal ${String(exitCode - 128)}`;
  return `tar failed with exit code ${String(exitCode)}: ${strange[0]?.replace(/^tar: /, '') ?? 'it does not say why'}`;
};
