import type { Random } from '../../rig/random.js';
import type { Files } from '../../rig/runner/repository.js';
import { failsAt } from './scenes.js';

/** A random pipeline, in a repository whose files its steps change. */
export type RandomPipeline = {
  readonly files: Files;
  readonly pipeline: string;
  /** Every step that starts a process, in the order of the file. */
  readonly ids: readonly string[];
};

/**
 * Steps in a row change any file, so that each depends on all before it; concurrent steps, and those that
 * also run after a failure, have separate folders and do the same when they run again.
 */
export const randomPipeline = ({ below }: Random): RandomPipeline => {
  const ids: string[] = [];
  const newId = (): string => {
    const id = `s${String(ids.length)}`;
    ids.push(id);
    return id;
  };
  const alone = (): string => {
    const changes = Array.from({ length: 1 + below(3) }, (_, index) => {
      const kind = CHANGES[below(CHANGES.length)] ?? '';
      return `sh .github/change.sh ${kind} ${String(below(100))} ${String(ids.length)}-${String(index)}`;
    });
    return stepOf(newId(), { script: changes.join('; '), damage: 'touch half; rm -rf a' });
  };
  const apart = (): string => {
    const id = newId();
    const script = `mkdir -p own-${id}; echo ${id} > own-${id}/a; ln -sfn a own-${id}/b; rm -f spare/${id}`;
    return stepOf(id, { script, damage: 'true' });
  };
  const node = (): string => {
    const kind = below(6);
    if (kind === 0) return `{ parallel: [${apart()}, ${apart()}] }`;
    if (kind === 1) return `{ steps: [${alone()}, ${alone()}] }`;
    return kind === 2 ? apart().replace('{', '{ if: always(),') : alone();
  };
  const steps = Array.from({ length: 4 + below(3) }, () => `  - ${node()}\n`).join('');
  return { files: FILES, pipeline: `checkpoint: { min_interval: 0s }\nsteps:\n${steps}`, ids };
};

type Work = { readonly script: string; /** Its changes to the workspace before it fails. */ readonly damage: string };

const stepOf = (id: string, { script, damage }: Work): string => {
  const [start, end] = ['start', 'end'].map((what) => `echo "${what} ${id}" >> "$TRAIL"`);
  return `{ id: ${id}, run: '${start}; ${script}; ${failsAt(id)} || { ${damage}; exit 1; }; ${end}' }`;
};

const CHANGES: readonly string[] = [
  'write',
  'append',
  'backdate',
  'rename',
  'remove',
  'link',
  'point',
  'mode',
  'to-folder',
  'rename-folder',
  'remove-folder',
  'to-file',
  'renew-folder',
];

/** `change.sh <kind> <which> <text>`: changes the file or folder that this number chooses. */
const CHANGE = `#!/bin/sh
set -e
export LC_ALL=C
choose() {
  find . -mindepth 1 '(' -path ./.git -o -path ./.work -o -path ./.github -o -path ./savepoint.yml -o -path './own-*' \\
    -o -path ./spare -o -path ./half ')' -prune -o -type "$1" -print | sort |
    awk -v n="$2" '{ found[NR] = $0 } END { if (NR > 0) print found[n % NR + 1] }'
}
case $1 in *folder | to-file) it=$(choose d "$2") ;; *) it=$(choose f "$2") ;; esac
case $1 in to-folder) it=$(choose f "$2") ;; esac
[ -n "$it" ] || { echo "$3" > "new-$3"; exit 0; }
case $1 in
  write) echo "$3" > "$(dirname "$it")/new $3" ;;
  append) echo "$3" >> "$it" ;;
  backdate) echo "$3" > "$it"; touch -d 2001-01-01 "$it" ;;
  rename | rename-folder) mv "$it" "$it-$3" ;;
  remove) rm "$it" ;;
  remove-folder) rm -r "$it" ;;
  link) ln "$it" "linked-$3" ;;
  point) ln -sf "$GITHUB_WORKSPACE/savepoint.yml" "$it" ;;
  mode) chmod 750 "$it" ;;
  to-folder) rm "$it"; mkdir "$it"; echo "$3" > "$it/in" ;;
  to-file) rm -r "$it"; echo "$3" > "$it" ;;
  renew-folder) mv "$it" "$it-$3"; mkdir "$it"; echo "$3" > "$it/again" ;;
esac
`;

const SPARE = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`spare/s${String(index)}`, 'spare\n']));

const FILES: Files = {
  '.github/change.sh': CHANGE,
  'a/one': 'one\n',
  'a/b c/two': 'two\n',
  'ü/three': 'three\n',
  'ü/x/four': 'four\n',
  five: 'five\n',
  six: '#!/bin/sh\n',
  ...SPARE,
};
