import { framesWith, type Both } from '../../evaluate/context/site.js';
import { pathBelow, type FallbackName } from '../../language/model/pipeline.js';
import type { FrameLayer } from '../../evaluate/context/export-frame.js';
import type { Status } from '../../state/event.js';
import type { FailureReason } from '../step/begun-step.js';
import { cleanupScope } from '../context/cleanup-scope.js';
import { describeAbort } from '../context/ending.js';
import type { FallbackOwner, ListSum, Engine, RunContext } from '../context/run-context.js';
import { runFallback, type Failure, type Firing } from './run-fallback.js';
import { describeFallbackFailure } from '../context/run-warnings.js';
import type { Claimed } from '../context/slots.js';

/** How the work of an owner ended, as far as its fallbacks need to know. */
export type OwnWork = ListSum & { readonly layers: Both<FrameLayer> };

/** The phases of an owner between its fallbacks. */
export type Lifecycle<W extends OwnWork, E extends ListSum> = {
  readonly work: () => Promise<W>;
  /** The outcome if `on_started` kept the work from beginning, or `on_success` failed after it. */
  readonly instead: (worked: W | undefined, why: FailureReason) => W;
  readonly settle: (worked: W) => Promise<E>;
  /** The owner's slot and mutex; the slot is given back while a fallback runs. */
  readonly claimed: Claimed;
};

/**
 * Runs an owner with its fallbacks: `on_started`, the work, `on_success`, the end, then `on_failure` or `on_abortion`,
 * and `finally`. If `on_started` or `on_success` fails, the owner fails; a failure of the others is only a warning.
 */
export const runWithFallbacks = async <W extends OwnWork, E extends ListSum>(
  owner: FallbackOwner,
  life: Lifecycle<W, E>,
  engine: Engine,
): Promise<E> => {
  const start = await fireDeciding(owner, { name: 'on_started', claimed: life.claimed }, engine);
  const worked = start.why === undefined ? await life.work() : life.instead(undefined, start.why);
  const after = { ...owner, site: { ...owner.site, frames: framesWith(owner.site.frames, worked.layers) } };
  const success =
    worked.status === 'succeeded'
      ? await fireDeciding(after, { name: 'on_success', claimed: life.claimed }, engine)
      : NOT_FIRED;
  const ended = await life.settle(success.why === undefined ? worked : life.instead(worked, success.why));
  life.claimed.pause();
  await fireClosing(after, { ended, names: closingNames(ended, success.hasFired) }, engine);
  return ended;
};

/** Fires the closing fallbacks of a step that failed before it could begin. */
export const fireAtEnd = (owner: FallbackOwner, ended: ListSum, engine: Engine): Promise<void> =>
  fireClosing(owner, { ended, names: closingNames(ended, false) }, engine);

type Fired = { readonly hasFired: boolean; readonly why?: FailureReason };

const NOT_FIRED: Fired = { hasFired: false };

type Deciding = { readonly name: FallbackName; readonly claimed: Claimed };

/** Fires a fallback that must succeed for its owner to succeed. If it is stopped, so is its owner. */
const fireDeciding = async (owner: FallbackOwner, { name, claimed }: Deciding, engine: Engine): Promise<Fired> => {
  if (!isDeclared(owner, name)) return NOT_FIRED;
  const { scope } = owner.site;
  const stopped = scope.cause();
  if (stopped !== undefined) return { hasFired: false, why: abortedBy(stopped) };
  claimed.pause();
  const { status, cause, error = '', failedPath } = await runFallback(owner, { name, scope }, engine);
  // The result can be ignored: without a slot the scope is stopped, and the work does not begin.
  await claimed.resume(scope);
  if (status === 'succeeded') return { hasFired: true };
  if (status === 'aborted' && cause !== undefined) return { hasFired: true, why: abortedBy(cause) };
  return {
    hasFired: true,
    why: { error: `${name} failed: ${error}`, ...(failedPath !== undefined && { failedPath }) },
  };
};

const abortedBy = (cause: NonNullable<ListSum['cause']>): FailureReason => ({
  status: 'aborted',
  cause,
  error: describeAbort(cause),
});

/** After `on_success` has begun, only `finally` is left. */
const closingNames = ({ status }: ListSum, hasFiredSuccess: boolean): readonly FallbackName[] => {
  switch (status) {
    case 'succeeded':
      return ['finally'];
    case 'failed':
    case 'timed_out':
    case 'errored':
      return hasFiredSuccess ? ['finally'] : ['on_failure', 'finally'];
    case 'aborted':
      return hasFiredSuccess ? ['finally'] : ['on_abortion', 'finally'];
    case 'skipped':
    case 'waiting':
      return [];
  }
};

type Closing = { readonly ended: ListSum; readonly names: readonly FallbackName[] };

/** Once the run is stopped, the rest become pending; even an empty entry marks the run as interrupted. */
const fireClosing = async (owner: FallbackOwner, { ended, names }: Closing, engine: Engine): Promise<void> => {
  const { scope, pendingFallbacks } = engine.context;
  const isStopped = (): boolean => scope.cause() !== undefined;
  const owe = (left: readonly FallbackName[]): void => {
    pendingFallbacks.push({ owner, names: left.filter((name) => name !== 'on_failure'), ended });
  };
  const declared = names.filter((name) => isDeclared(owner, name));
  for (const [index, name] of declared.entries()) {
    if (isStopped()) {
      owe(declared.slice(index));
      return;
    }
    const status = await fireBounded(owner, { name, ended }, engine);
    if (status !== 'aborted' || !isStopped()) continue;
    owe(declared.slice(index + 1));
    return;
  }
};

const fireBounded = async (owner: FallbackOwner, cleanup: Omit<Cleanup, 'scope'>, engine: Engine): Promise<Status> => {
  const scope = cleanupScope(owner.site.scope, cleanup.ended, engine.context);
  const status = await fireCleanup(owner, { ...cleanup, scope }, engine);
  scope.close();
  return status;
};

const isDeclared = ({ fallbacks }: FallbackOwner, name: FallbackName): boolean => fallbacks[name] !== undefined;

/** A fallback that cleans up after its owner has ended. */
export type Cleanup = Pick<Firing, 'name' | 'scope' | 'endedBecause'> & { readonly ended: ListSum };

/** Runs a fallback that changes no outcome: its failure is a warning; no checkpoint keeps its workspace changes. */
export const fireCleanup = async (owner: FallbackOwner, cleanup: Cleanup, engine: Engine): Promise<Status> => {
  const { context } = engine;
  const { ended, ...firing } = cleanup;
  const { path } = owner;
  const { status, error } = await runFallback(owner, { ...firing, failure: failureOf(path, ended, context) }, engine);
  if (status !== 'succeeded') {
    const failed = { owner: path, name: cleanup.name, error };
    context.recorder.warn(describeFallbackFailure(failed), ...(path === '' ? [] : [path]));
  }
  if (path !== '' && owner.site.isFallback === undefined)
    await context.ports.checkpoints?.fallbackEnded(pathBelow(path, cleanup.name), context.recorder.state());
  return status;
};

/** The context `failure` of a fallback. */
export const failureOf = (path: string, { status, error, failedPath = path }: ListSum, context: RunContext): Failure =>
  status === 'succeeded'
    ? { step: null, exit_code: null, error: null, status: null }
    : {
        // An aborted pipeline has no failed step.
        step: failedPath === '' ? null : failedPath,
        exit_code: context.live.record(failedPath)?.exitCode ?? null,
        error: error ?? null,
        status,
      };
