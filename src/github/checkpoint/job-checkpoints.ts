import { join } from 'node:path';
import type { ArchiveScope } from '../../checkpoint/archive-scope.js';
import { displayName, type ByteName } from '../../checkpoint/tar/byte-name.js';
import { blame, filesInUse, isGivenUp, isWholeArchiveDue } from '../../checkpoint/chain.js';
import { outsideFallbacks } from '../../state/in-fallback.js';
import type { Result } from '../../base/result.js';
import { systemClock } from '../../machine/process/clock.js';
import type { GitWatch } from '../../machine/workspace/git-state.js';
import type { GnuTar } from '../../snapshot/tar/run-tar.js';
import { removeArchives, type JobFolder } from '../../machine/job/job-folder.js';
import { fileSizeBytes } from '../../machine/job/part-folder.js';
import { BACKDATE_MS } from '../../snapshot/tar/backdated-listing.js';
import { takeArchive, takeFullArchive, takeListing, type TarReport } from '../../snapshot/take-archive.js';
import type { CheckpointRun, Checkpoints, EndedStep } from '../../run/context/ports.js';
import type { RunState } from '../../state/run-state.js';
import type { ChainLog } from '../store/chain-log.js';
import type { SaveResult } from './save-checkpoint.js';
import type { UploadLoop } from './upload-loop.js';

/** What archives are taken with. */
export type JobCheckpointOptions = {
  readonly workspace: string;
  readonly scope: ArchiveScope;
  readonly folder: JobFolder;
  /** Undefined: this machine has none, so every archive holds everything. */
  readonly tar: GnuTar | undefined;
  readonly git: GitWatch;
  readonly chain: ChainLog;
  /** Tar's listings: as the job found the workspace, and as it is now. */
  readonly listings: { readonly origin: string; readonly now: string };
  /** Something is in the workspace that no archive of everything since the start may have. */
  readonly isTainted: boolean;
  /** What cannot be read anyway. */
  readonly unreadable: readonly ByteName[];
  /** Values of declared secrets that `post` has too. */
  readonly inheritedSecrets: ReadonlySet<string>;
  readonly uploads: Pick<UploadLoop, 'request' | 'isUploading'>;
  /** The run was stopped from outside: nothing starts any more. */
  readonly isStopped: () => boolean;
  readonly note: (message: string) => void;
};

/** The checkpoints of a job while its steps run. */
export type JobCheckpoints = Checkpoints & {
  /** Values that no stored file may hold, by now. */
  readonly secrets: () => readonly string[];
  /** What became of an upload, for the journal. */
  readonly onUpload: (result: SaveResult) => void;
  /** The run has ended: nothing is recorded in its journal any more. Settles when no archive is being taken. */
  readonly stop: () => Promise<void>;
};

/** Takes an archive whenever a step is done, one after the other, and hands them on to be uploaded. */
export const createJobCheckpoints = (options: JobCheckpointOptions): JobCheckpoints => new StepArchives(options);

type Boundary = EndedStep & {
  readonly journalBytes: number;
  /** Steps that ran at any time since its end. */
  readonly concurrentSteps: () => readonly string[];
  /** Whether still no step runs, and none has ended since. */
  readonly isAlone: () => boolean;
};

class StepArchives implements JobCheckpoints {
  readonly #options: JobCheckpointOptions;
  #run: CheckpointRun | undefined;
  #secrets: () => readonly string[] = () => [];
  #listing: string;
  readonly #ended: string[] = [];
  #count = 0;
  /** A step failed: what it left must not get into an archive of everything since the start. */
  #isTainted: boolean;
  /** Steps that ended since the latest archive, with what they left: done without one of their own, or failed beside others. */
  #unarchived: readonly string[] = [];
  #failedConcurrently: readonly string[] = [];
  #hasToldOfGit = false;
  readonly #unreadable: Set<ByteName>;
  #taking: Promise<void> = Promise.resolve();

  constructor(options: JobCheckpointOptions) {
    this.#options = options;
    this.#listing = options.listings.now;
    this.#isTainted = options.isTainted;
    this.#unreadable = new Set(options.unreadable);
  }

  readonly begin = (run: CheckpointRun): void => {
    this.#run = run;
    this.#secrets = run.secrets;
  };

  readonly secrets = (): readonly string[] => this.#secrets();

  readonly stepEnded = (step: EndedStep, state: RunState): Promise<void> => {
    // By now: what others record while this waits for its turn is not in its archive.
    const count = this.#ended.push(step.path);
    const running = runningIn(state);
    const boundary = {
      ...step,
      journalBytes: fileSizeBytes(this.#options.folder.journalFile),
      concurrentSteps: () => stepsIn([...running, ...this.#ended.slice(count), ...runningIn(state)]),
      isAlone: () => count === this.#ended.length && runningIn(state).length === 0,
    };
    this.#taking = this.#taking.then(() => this.#at(boundary));
    return this.#taking;
  };

  /** What a fallback left is no more part of an archive than what a failed step left. */
  readonly fallbackEnded = (path: string, state: RunState): Promise<void> =>
    this.stepEnded({ path: outsideFallbacks(path), isDone: false }, state);

  readonly onUpload = (result: SaveResult): void => {
    const step = 'step' in result ? result.step : '';
    if (result.kind === 'saved') {
      const { sequence, bytes } = result;
      this.#run?.record({ type: 'checkpoint_saved', step, sequence, bytes });
    } else if ('message' in result) {
      this.#run?.record({ type: 'checkpoint_failed', step, error: result.message });
    }
  };

  readonly stop = async (): Promise<void> => {
    await this.#taking;
    this.#run = undefined;
  };

  async #at(boundary: Boundary): Promise<void> {
    if (isGivenUp(this.#options.chain.state())) return;
    this.#count += 1;
    const listing = join(this.#options.folder.listingsFolder, String(this.#count));
    if (boundary.isDone) await this.#archive(boundary, listing);
    else await this.#passOver(boundary, listing);
  }

  async #archive(boundary: Boundary, listing: string): Promise<void> {
    const { chain, tar, git, folder, listings, uploads } = this.#options;
    const whole = tar === undefined || (!this.#isTainted && isWholeArchiveDue(chain.state()));
    const before = whole ? listings.origin : this.#listing;
    const target = join(folder.archivesFolder, `${String(this.#count)}.tar`);
    const [taken, changed] = await Promise.all([this.#take({ before, listing, target }), git.changed()]);
    if (taken.ok) {
      this.#note(boundary, taken.value, { before, listing, target, whole });
    } else {
      this.#unarchived = [...this.#unarchived, boundary.path];
      this.#run?.warn(`no checkpoint after "${boundary.path}": ${taken.error}`);
    }
    this.#noteGit(boundary, changed);
    if (!taken.ok) return;
    // What an upload is packing right now is cleared away at its end.
    if (whole && !uploads.isUploading()) removeArchives(folder, this.#count, filesInUse(chain.state()));
    uploads.request();
  }

  #note(boundary: Boundary, report: TarReport, taken: Taken): void {
    const { chain, tar, inheritedSecrets } = this.#options;
    const { path, journalBytes } = boundary;
    const concurrentSteps = stepsIn([...this.#failedConcurrently, ...boundary.concurrentSteps()]);
    const { before, listing, target, whole } = taken;
    const replaced = whole ? chain.state().pending.flatMap(({ covers }) => covers) : [];
    const covers = [...new Set([...replaced, ...this.#unarchived, path])];
    chain.add({
      type: 'taken',
      index: this.#count,
      step: path,
      covers,
      tar_file: target,
      ...(tar !== undefined && { before, after: listing }),
      size_bytes: report.sizeBytes,
      unreadable: report.unreadable,
      concurrent_steps: concurrentSteps,
      journal_bytes: journalBytes,
      main_only: this.#secrets().some((value) => !inheritedSecrets.has(value)),
      whole,
    });
    if (tar !== undefined) this.#listing = listing;
    this.#unarchived = [];
    this.#failedConcurrently = [];
    this.#noteUnreadable([...new Set([...covers, ...concurrentSteps])], blame(concurrentSteps), report.unreadable);
    this.#noteChanged(path, report.changed);
  }

  /** The archive has some version of it, which the next one replaces. */
  #noteChanged(step: string, names: readonly string[]): void {
    if (names.length === 0) return;
    const shown = names.slice(0, NAMES_SHOWN).join(', ');
    this.#options.note(`changed while the checkpoint after "${step}" was made: ${shown}`);
  }

  async #take({ before, listing, target }: Omit<Taken, 'whole'>): Promise<Result<TarReport>> {
    const { workspace, scope, tar } = this.#options;
    return tar === undefined
      ? takeFullArchive({ tar: 'tar', workspace, scope, target })
      : takeArchive({ tar, workspace, scope, before, after: listing, target });
  }

  /**
   * What a failed step or a fallback left is as good as there from the start: no archive will have it. Not so beside
   * other steps, as theirs would be lost with it, nor after a step that is done but has no archive yet.
   */
  async #passOver({ path, isAlone }: Boundary, listing: string): Promise<void> {
    const { tar, isStopped } = this.#options;
    this.#isTainted = true;
    if (tar === undefined || isStopped()) return;
    const mayPass = (): boolean => isAlone() && this.#unarchived.length === 0;
    const hasListing = mayPass() && (await this.#list(tar, listing));
    if (hasListing && mayPass()) {
      this.#listing = listing;
      this.#failedConcurrently = [];
    } else {
      this.#failedConcurrently = [...this.#failedConcurrently, path];
    }
  }

  /** What was written last is old enough then not to count as written after the listing. */
  async #list(tar: GnuTar, listing: string): Promise<boolean> {
    const { workspace, scope, git } = this.#options;
    await new Promise<void>((resolve) => void systemClock.after(BACKDATE_MS + CLOCK_TICK_MS, resolve));
    const [listed] = await Promise.all([takeListing({ tar, workspace, scope, listing }), git.changed()]);
    if (!listed.ok)
      this.#run?.warn(`the next checkpoint may hold what a failed step or a fallback left: ${listed.error}`);
    return listed.ok;
  }

  #noteUnreadable(steps: readonly string[], who: string, unreadable: readonly ByteName[]): void {
    const names = unreadable.filter((name) => !this.#unreadable.has(name));
    if (names.length === 0) return;
    for (const name of names) this.#unreadable.add(name);
    const shown = names.slice(0, NAMES_SHOWN).map(displayName).join(', ');
    const quoted = steps.map((step) => `"${step}"`).join(', ');
    const again = steps.length > 1 ? 'run' : 'runs';
    this.#run?.warn(
      `these paths cannot be read and are in no checkpoint, so ${quoted} ${again} again on resume: ${shown}`,
    );
    const because = `${who} left files that cannot be read, which are not stored`;
    this.#options.chain.add({ type: 'must_rerun', steps, because });
  }

  /** Where git cannot say, the step may have changed it. */
  #noteGit(boundary: Boundary, changed: Result<boolean>): void {
    if (changed.ok && !changed.value) return;
    if (!changed.ok && !this.#hasToldOfGit) {
      this.#hasToldOfGit = true;
      this.#run?.warn(`steps run again on resume: ${changed.error}`);
    }
    const concurrentSteps = boundary.concurrentSteps();
    const did = changed.ok ? 'changed' : 'may have changed';
    const because = `${blame(concurrentSteps)} ${did} the git repository, which is not in a checkpoint`;
    this.#options.chain.add({ type: 'must_rerun', steps: [boundary.path, ...concurrentSteps], because });
  }
}

/** What an archive is taken from and to. */
type Taken = { readonly before: string; readonly listing: string; readonly target: string; readonly whole: boolean };

const NAMES_SHOWN = 5;

/** How far the times of files lag behind, on systems of which the clock for them ticks slowest. */
const CLOCK_TICK_MS = 10;

/** Each once; the pipeline, which has fallbacks too, is no step. */
const stepsIn = (paths: readonly string[]): readonly string[] => [...new Set(paths)].filter((path) => path !== '');

/** Steps that start processes; a group is as done as they are. One in a fallback stands for the step it belongs to. */
const runningIn = ({ steps }: RunState): readonly string[] =>
  [...steps.values()]
    .filter(({ status, kind }) => status === 'running' && (kind === 'script' || kind === 'commands'))
    .map(({ path }) => outsideFallbacks(path));
