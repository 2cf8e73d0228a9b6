import { FALLBACKS, isFile, PLACES, type Ending, type Fallback, type FallbackPlace } from './contract.js';

/** A case of the table: the place of an owner, and how it ends. */
export type TableCase = {
  readonly place: FallbackPlace;
  readonly ending: Ending;
  /** The fallbacks that the place itself declares. */
  readonly declared: readonly Fallback[];
  /** Whether all containers around it also declare all fallbacks. */
  readonly isEverywhere: boolean;
};

/** The files of a case, as texts by path, and the paths of the owners of its fallbacks. */
export type Scenario = {
  readonly files: Readonly<Record<string, string>>;
  /** Empty for the pipeline. Several if several owners end in this way. */
  readonly owners: readonly string[];
  /** Paths of the containers around the first owner, the outermost first. */
  readonly around: readonly string[];
};

/** Makes the files of a case. */
export const scenarioOf = (one: TableCase): Scenario => {
  const { place, ending, declared, isEverywhere } = one;
  const items = isEverywhere ? ['a'] : ['a', 'b'];
  const parts = partsOf(one, { items, leaves: leavesOf(place, items), hasSpoiler: ending === 'ended by fail_fast' });
  const { steps, called, owners, around = [] } = BUILDERS[place](parts);
  const own = place === 'pipeline' ? fallbackFields(declared) : parts.outer;
  const failure = ending === 'ended by fail_fast' ? 'fail_fast' : 'finish';
  return {
    files: filesOf({ max_parallel: 8, failure, ...own, steps }, called),
    owners,
    around: place === 'pipeline' ? [] : ['', ...around],
  };
};

/** The same with a step `later` at the end of the pipeline. */
export const withLaterStep = ({ files, ...others }: Scenario): Scenario => {
  const main = JSON.parse(files['savepoint.yml'] ?? '') as { readonly steps: readonly Fields[] };
  const later: Fields = { id: 'later', run: 'true', shell: 'sh' };
  return {
    ...others,
    files: { ...files, 'savepoint.yml': JSON.stringify({ ...main, steps: [...main.steps, later] }) },
  };
};

/** Many places in one pipeline that all end in the same way. */
export type Gathering = {
  readonly files: Scenario['files'];
  /** The owners at each place. */
  readonly owners: readonly (readonly [place: FallbackPlace, paths: readonly string[]])[];
  /** The number of processes that run, each with a file in `up/`, before anything is ended from outside. */
  readonly leaves: number;
};

/** The places that can share a pipeline; places in the fallback of a step need a step that fails. */
export const GATHERED = PLACES.filter((place) => place !== 'step of a fallback');

/** Makes one pipeline with all the places that can share one; each place and the pipeline declare all fallbacks. */
export const gatheringOf = (ending: Ending): Gathering => {
  const items = ['a', 'b'];
  const places = GATHERED.filter((place) => place !== 'pipeline');
  const leaves = places.reduce((sum, place) => sum + leavesOf(place, items), 0);
  const built = places.map((place) => {
    const one = { place, ending, declared: FALLBACKS, isEverywhere: false };
    return [place, BUILDERS[place](partsOf(one, { items, leaves, hasSpoiler: false }))] as const;
  });
  const spoilers = ending === 'ended by fail_fast' ? [spoiler(leaves)] : [];
  const main = {
    max_parallel: 40,
    failure: ending === 'ended by fail_fast' ? 'fail_fast' : 'keep_going',
    ...fallbackFields(FALLBACKS),
    steps: [...built.flatMap(([, { steps }]) => steps), ...spoilers],
  };
  return {
    files: filesOf(
      main,
      Object.assign({}, ...built.map(([, { called }]) => called)) as Readonly<Record<string, Fields>>,
    ),
    owners: [['pipeline', ['']], ...built.map(([place, { owners }]) => [place, owners] as const)],
    leaves,
  };
};

type Fields = Readonly<Record<string, unknown>>;

const filesOf = (main: Fields, called: Readonly<Record<string, Fields>> = {}): Scenario['files'] =>
  Object.fromEntries(
    Object.entries({ 'savepoint.yml': main, ...called }).map(([path, fields]) => [path, JSON.stringify(fields)]),
  );

/** One step for each fallback, which leaves its path on the trail. */
const fallbackFields = (names: readonly Fallback[]): Fields =>
  Object.fromEntries(
    names.map((name) => [name, [{ id: 'f', shell: 'sh', run: 'echo "$SAVEPOINT_STEP" >> trail.txt' }]]),
  );

type Parts = {
  /** The id of the step at the top. */
  readonly id: string;
  /** Fields of the owner in question. */
  readonly own: Fields;
  /** Fields of the process whose end decides how the owner ends. */
  readonly leaf: Fields;
  /** Fields of everything around it. */
  readonly outer: Fields;
  /** Steps that run at the same time. */
  readonly beside: readonly Fields[];
  readonly items: readonly string[];
  readonly isSkipped: boolean;
};

type Means = { readonly items: readonly string[]; readonly leaves: number; readonly hasSpoiler: boolean };

const partsOf = (
  { place, ending, declared, isEverywhere }: TableCase,
  { items, leaves, hasSpoiler }: Means,
): Parts => ({
  id: place.replaceAll(' ', '-'),
  own: { ...fallbackFields(declared), ...(!isFile(place) && STEP_FIELDS[ending]) },
  leaf: { ...LEAF_FIELDS[ending], ...(isFile(place) && STEP_FIELDS[ending]) },
  outer: isEverywhere ? fallbackFields(FALLBACKS) : {},
  beside: hasSpoiler ? [spoiler(leaves)] : [],
  items,
  isSkipped: ending === 'skipped',
});

/** The number of processes whose ends decide how the owner ends. */
const leavesOf = (place: FallbackPlace, items: readonly string[]): number =>
  /item|fan-out/.test(place) ? items.length : 1;

/** The fields that make the step in question end in this way; a file has no such fields, so the step in it gets them. */
const STEP_FIELDS: Readonly<Record<Ending, Fields>> = {
  succeeded: {},
  failed: {},
  tolerated: { continue_on_error: true },
  'timed out': { timeout: '150ms' },
  errored: {},
  'aborted by a signal': {},
  'ended by fail_fast': {},
  skipped: { if: '1 == 2' },
};

/** Waits to be ended, unless there is a file `calm`. */
const UNTIL_ENDED: Fields = { run: '[ ! -e calm ] || exit 0\nmkdir -p up\nmktemp up/XXXXXX\nsleep 60' };

/** The script that makes the process end in this way. */
const LEAF_FIELDS: Readonly<Record<Ending, Fields>> = {
  succeeded: { run: 'true' },
  failed: { run: 'exit 1' },
  tolerated: { run: 'exit 1' },
  'timed out': { run: 'sleep 60' },
  errored: { run: 'true', shell: '/no/such/shell {0}' },
  'aborted by a signal': UNTIL_ENDED,
  'ended by fail_fast': UNTIL_ENDED,
  skipped: { run: 'true' },
};

/** A step that fails once all the processes it shall abort are running. */
const spoiler = (leaves: number): Fields => ({
  id: 'spoiler',
  needs: [],
  shell: 'sh',
  run: `until [ "$(ls up 2> none.txt | wc -l)" -ge ${leaves} ]; do sleep 0.02; done\nexit 1`,
});

type Built = {
  readonly steps: readonly Fields[];
  /** Other files by path. */
  readonly called?: Readonly<Record<string, Fields>>;
  readonly owners: readonly string[];
  readonly around?: readonly string[];
};

type Build = (parts: Parts) => Built;

const processOf = ({ leaf }: Parts, id = 'leaf'): Fields => ({ shell: 'sh', ...leaf, id });

/** A top-level step that is the owner in question. */
const atTheTop =
  (kind: (parts: Parts) => Fields): Build =>
  (parts) => ({
    steps: [{ ...parts.own, ...kind(parts), id: parts.id, needs: [] }, ...parts.beside],
    owners: [parts.id],
  });

const BUILDERS: Readonly<Record<FallbackPlace, Build>> = {
  pipeline: (parts) => ({ steps: [processOf(parts), ...parts.beside], owners: [''] }),
  script: atTheTop((parts) => processOf(parts)),
  commands: atTheTop(({ leaf: { run, ...leaf } }) => ({ shell: 'sh', ...leaf, commands: ['true', run] })),
  group: atTheTop((parts) => ({ steps: [processOf(parts)] })),
  parallel: atTheTop((parts) => ({ parallel: [processOf(parts), { id: 'fine', run: 'true', shell: 'sh' }] })),
  branch: atTheTop((parts) => ({ if: parts.isSkipped ? '1 == 2' : '1 == 1', then: [processOf(parts)] })),
  switch: atTheTop((parts) => ({ switch: "'a'", cases: { a: [processOf(parts)] } })),
  loop: atTheTop((parts) => ({ while: "steps.leaf.outcome == ''", steps: [processOf(parts)] })),
  'fan-out with steps': atTheTop((parts) => ({ for_each: parts.items, steps: [processOf(parts)] })),
  'fan-out with run': atTheTop((parts) => ({ shell: 'sh', for_each: parts.items, ...parts.leaf })),
  'step of an item': (parts) => ({
    steps: [{ ...parts.outer, id: parts.id, needs: [], for_each: parts.items, steps: inside(parts) }],
    owners: parts.items.map((_, index) => `${parts.id}[${index}]/owner`),
    around: [parts.id],
  }),
  'step of an iteration': (parts) => ({
    steps: [{ ...parts.outer, id: parts.id, needs: [], while: "steps.owner.outcome == ''", steps: inside(parts) }],
    owners: [`${parts.id}[0]/owner`],
    around: [parts.id],
  }),
  call: (parts) => ({
    ...atTheTop(() => ({ pipeline: 'called.yml' }))(parts),
    called: { 'called.yml': { steps: [processOf(parts)] } },
  }),
  'called file': (parts) => ({
    steps: [{ ...parts.outer, id: parts.id, pipeline: 'file.yml', needs: [] }, ...parts.beside],
    called: { 'file.yml': { ...parts.own, steps: [processOf(parts)] } },
    owners: [`${parts.id}/@pipeline`],
    around: [parts.id],
  }),
  'step of a fallback': (parts) => ({
    steps: [{ ...parts.outer, id: 'host', run: 'exit 1', shell: 'sh', on_failure: inside(parts) }],
    owners: ['host/on_failure/owner'],
    around: ['host'],
  }),
};

/** A script that is the owner in question, in a list with its concurrent steps. */
const inside = (parts: Parts): readonly Fields[] => [
  { ...parts.own, ...processOf(parts, 'owner'), needs: [] },
  ...parts.beside,
];
