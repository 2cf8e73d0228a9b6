import { pathMover } from '../state/moved-path.js';
import type { ChainEvent, ChainStart, ChainState, TakenArchive, MovedItems } from './chain-state.js';
import type { StoredArchive } from './manifest.js';

/** The state before the first event. */
export const EMPTY_CHAIN: ChainState = {
  begun: undefined,
  stored: [],
  baseline: undefined,
  pending: [],
  lastTaken: undefined,
  must_rerun: {},
  renewed: new Map(),
  storedIndex: 0,
  leftOut: [],
  tooLarge: undefined,
  sequence: 0,
  isSaving: false,
  isUnsure: false,
  savedJournalBytes: 0,
  storedCoverBytes: 0,
  claim: 'none',
  lastSaved: undefined,
  troubleMs: 0,
  trouble: undefined,
  stores: [],
  ended: undefined,
};

/** The state after an event. */
export const applyChainEvent = (state: ChainState, event: ChainEvent): ChainState => {
  switch (event.type) {
    case 'begun':
      return afterBegun(state, event);
    case 'taken':
      return afterTaken(state, event);
    case 'must_rerun':
      return afterMustRerun(state, event);
    case 'items_moved':
      return moveInChain(state, event);
    case 'key_used':
      return { ...state, sequence: Math.max(state.sequence, event.sequence), isSaving: true };
    case 'not_saved':
      return { ...state, isSaving: false, isUnsure: state.isUnsure || event.is_unsure };
    case 'saved':
      return afterSaved(state, event);
    case 'marked':
      return { ...state, lastSaved: event.kind, isSaving: false };
    case 'too_large':
      return { ...state, tooLarge: { message: event.message, isFinal: event.whole }, isSaving: false };
    case 'claim':
      return { ...state, claim: event.isOurs ? 'ours' : 'tried' };
    case 'trouble':
      return { ...state, troubleMs: state.troubleMs + event.cost_ms, trouble: event.message };
    case 'store_started':
      return { ...state, stores: [...state.stores, { pid: event.pid, processStart: event.process_start }] };
    case 'ended':
      return { ...state, ended: event.outcome };
  }
};

/** How many bytes of the journal a checkpoint with these pending archives covers. */
export const coveredBytes = ({ storedCoverBytes }: ChainState, pending: readonly TakenArchive[]): number =>
  pending.at(-1)?.journal_bytes ?? storedCoverBytes;

/**
 * The finished steps that must run again on resume from a checkpoint with these pending archives, by path, each with its
 * reason. A step from before this start stays among them until the checkpoint has an archive of its new run.
 */
export const mustRerunIn = (
  { begun, renewed, storedIndex, must_rerun }: ChainState,
  pending: readonly TakenArchive[],
): Readonly<Record<string, string>> => {
  const lastIndex = pending.at(-1)?.index ?? storedIndex;
  const isRenewed = (step: string): boolean => (renewed.get(step) ?? Infinity) <= lastIndex;
  const earlier = Object.entries(begun?.must_rerun ?? {}).filter(([step]) => !isRenewed(step));
  return { ...Object.fromEntries(earlier), ...must_rerun };
};

/** The subject of a reason: of several concurrent steps, any may have changed the file. */
export const blame = (concurrent_steps: readonly string[]): string =>
  concurrent_steps.length === 0 ? 'it' : 'it, or a step that ran at the same time,';

/** The number of archives at which the next one is a whole one. */
export const CHAIN_LIMIT = 64;

/**
 * Whether the next archive should be a whole one: the chain is long; or the archives after the first exceed both the first
 * one and a quarter of the size limit; or the checkpoint is too large, which a whole archive may fix once. This bounds the
 * stored size by a multiple of the changes, and a whole archive costs no more than the archives it replaces.
 */
export const isWholeArchiveDue = ({ begun, stored, pending, tooLarge }: ChainState): boolean => {
  if (tooLarge !== undefined) return !isWhole(pending);
  const maxSizeBytes = begun?.max_size_bytes ?? 0;
  const sizes = [...stored.map(storedBytes), ...pending.map(({ size_bytes }) => size_bytes)];
  const [first = 0, ...later] = sizes;
  const added = later.reduce((sum, size) => sum + size, 0);
  return sizes.length >= CHAIN_LIMIT || added > Math.max(first, maxSizeBytes / 4);
};

/** Why the pending archives cannot be saved without a whole archive; undefined when they can. */
export const whyTooLarge = ({ tooLarge, pending }: ChainState): string | undefined =>
  tooLarge?.isFinal === true || !isWhole(pending) ? tooLarge?.message : undefined;

/** Whether no further checkpoint of this start can be saved. */
export const isGivenUp = ({ tooLarge, lastSaved }: ChainState): boolean =>
  tooLarge?.isFinal === true || lastSaved === 'ambiguous';

/** Absolute paths of the archives and listings that are still needed; all earlier ones can be removed. */
export const filesInUse = ({ pending, lastTaken }: ChainState): ReadonlySet<string> =>
  new Set(
    [...pending.flatMap(({ tar_file, before, after }) => [tar_file, before, after]), lastTaken?.after].filter(
      (file) => file !== undefined,
    ),
  );

/** The stored size of an archive. */
export const storedBytes = ({ tree, deleted }: StoredArchive): number =>
  (tree?.size_bytes ?? 0) + (deleted?.size_bytes ?? 0);

/** The stored part of the chain that new archives continue: empty when the first new one is whole. */
export const chainToKeep = (
  stored: readonly StoredArchive[],
  pending: readonly TakenArchive[],
): readonly StoredArchive[] => (isWhole(pending) ? [] : stored);

const isWhole = ([first]: readonly TakenArchive[]): boolean => first?.whole === true;

const afterBegun = (state: ChainState, begun: ChainStart): ChainState => ({
  ...state,
  begun,
  stored: begun.restored,
  baseline: begun.baseline,
  sequence: Math.max(state.sequence, begun.sequence),
  storedCoverBytes: begun.journal_bytes,
  savedJournalBytes: begun.journal_bytes,
});

const afterSaved = (state: ChainState, event: Extract<ChainEvent, { readonly type: 'saved' }>): ChainState => ({
  ...state,
  stored: event.chain,
  baseline: event.baseline ?? state.baseline,
  savedJournalBytes: event.journal_bytes,
  storedCoverBytes: event.covered_bytes,
  storedIndex: Math.max(state.storedIndex, event.last_index),
  pending: state.pending.filter(({ index }) => index > event.last_index),
  lastSaved: 'checkpoint',
  isSaving: false,
  isUnsure: false,
  tooLarge: event.last_index === 0 ? state.tooLarge : undefined,
});

const afterTaken = (
  state: ChainState,
  { type: _, ...archive }: Extract<ChainEvent, { type: 'taken' }>,
): ChainState => ({
  ...state,
  pending: archive.whole ? [archive] : [...state.pending, archive],
  lastTaken: archive,
  renewed: new Map(state.renewed).set(archive.step, archive.index),
});

const afterMustRerun = (
  state: ChainState,
  { steps, because, left_out = [] }: Extract<ChainEvent, { type: 'must_rerun' }>,
): ChainState => ({
  ...state,
  must_rerun: { ...state.must_rerun, ...Object.fromEntries(steps.map((step) => [step, because])) },
  leftOut: [...new Set([...state.leftOut, ...left_out])],
});

/** The chain after a fan-out was reordered: entries of an item move with it, those of a removed item are dropped. */
const moveInChain = (state: ChainState, moved: MovedItems): ChainState => {
  const move = pathMover(moved.step, moved.from);
  const moveAll = (paths: readonly string[]): readonly string[] => paths.flatMap((path) => move(path) ?? []);
  return {
    ...state,
    must_rerun: moveNames(state.must_rerun, move),
    ...(state.begun !== undefined && {
      begun: { ...state.begun, must_rerun: moveNames(state.begun.must_rerun, move) },
    }),
    renewed: new Map(movedEntries([...state.renewed], move)),
    stored: state.stored.map(({ concurrent_steps, ...archive }) => ({
      ...archive,
      ...(concurrent_steps && { concurrent_steps: moveAll(concurrent_steps) }),
    })),
    pending: state.pending.map((archive) => ({
      ...archive,
      covers: moveAll(archive.covers),
      concurrent_steps: moveAll(archive.concurrent_steps),
    })),
  };
};

type Move = (path: string) => string | undefined;

const moveNames = (names: ChainState['must_rerun'], move: Move): ChainState['must_rerun'] =>
  Object.fromEntries(movedEntries(Object.entries(names), move));

const movedEntries = <T>(entries: readonly (readonly [string, T])[], move: Move): readonly (readonly [string, T])[] =>
  entries.flatMap(([path, value]) => {
    const now = move(path);
    return now === undefined ? [] : [[now, value] as const];
  });
