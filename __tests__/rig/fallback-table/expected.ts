import { endingAfter, endingAround, endingAt, firedAfter, type Ending, type Fallback } from './contract.js';
import type { Scenario, TableCase } from './places.js';

/** The outcome of a case that the contract promises. */
export type Expected = {
  /** The fallbacks of one owner: the same for each. */
  readonly own: readonly Fallback[];
  /** Those of the first owner and of all owners around it, as paths of their lists, in order. */
  readonly fired: readonly string[];
  readonly run: 'run_succeeded' | 'run_failed' | 'run_aborted';
};

/** Derives the expected outcome from the tables of section 4 of the design alone; `fails` is the fallback of the owner that fails. */
export const expectedOf = (one: TableCase, { owners, around }: Scenario, fails?: Fallback): Expected => {
  const { place, declared } = one;
  const failing = fails !== undefined && declared.includes(fails) ? fails : undefined;
  const reached = endingAt(place, one.ending);
  const own = firedAfter(reached, failing).filter((name) => declared.includes(name));
  const [owner = ''] = owners;
  const inner: Level = {
    path: owner,
    ending: failing === undefined ? reached : endingAfter(reached, failing, reached === 'tolerated'),
    fired: own.map((name) => listOf(owner, name)),
  };
  const outermost = around.toReversed().reduce((level, path) => levelAround(level, path, one), inner);
  return { own, fired: outermost.fired, run: RUN_ENDS[outermost.ending] };
};

/** An owner of fallbacks: how it ends, and which fallbacks in it and of it have fired before. */
type Level = { readonly path: string; readonly ending: Ending; readonly fired: readonly string[] };

const levelAround = (inner: Level, path: string, { place, isEverywhere }: TableCase): Level => {
  const isHost = place === 'step of a fallback' && path !== '';
  const ending = isHost ? 'failed' : endingOf(path, inner, place === 'called file');
  const fired = isEverywhere ? firedAround(inner.fired, listsOf(path, ending), isHost) : inner.fired;
  // A stop while the host's fallback runs does not change how the host failed, but how the run ends.
  return { path, ending: isHost && inner.ending === 'aborted by a signal' ? inner.ending : ending, fired };
};

const endingOf = (path: string, { ending }: Level, isCalledFile: boolean): Ending =>
  isCalledFile && path !== '' && ending === 'ended by fail_fast' ? ending : endingAround(ending);

const listsOf = (path: string, ending: Ending): readonly string[] =>
  firedAfter(ending).map((name) => listOf(path, name));

/** Fallbacks in a container fire after its on_started and before its others; fallbacks in a fallback fire once it has begun. */
const firedAround = (inner: readonly string[], own: readonly string[], isInFallback: boolean): readonly string[] => {
  const before = isInFallback ? 2 : 1;
  return [...own.slice(0, before), ...inner, ...own.slice(before)];
};

const listOf = (path: string, name: Fallback): string => (path === '' ? name : `${path}/${name}`);

const RUN_ENDS: Readonly<Record<Ending, Expected['run']>> = {
  succeeded: 'run_succeeded',
  tolerated: 'run_succeeded',
  skipped: 'run_succeeded',
  failed: 'run_failed',
  'timed out': 'run_failed',
  errored: 'run_failed',
  'ended by fail_fast': 'run_failed',
  'aborted by a signal': 'run_aborted',
};
