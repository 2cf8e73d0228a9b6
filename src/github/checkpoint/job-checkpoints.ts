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
import { startsProcesses, type RunState } from '../../state/run-state.js';
import type { ChainLog } from '../store/chain-log.js';
import type { SaveResult } from './save-checkpoint.js';
import type { UploadLoop } from './upload-loop.js';

/** Options for taking archives. */
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
  /** The workspace has files that must not get into an archive of all changes since the start. */
  readonly isTainted: boolean;
  /** Names that were unreadable before the first step. */
  readonly unreadable: readonly ByteName[];
  /** Values of declared secrets that `post` has too. */
  readonly inheritedSecrets: ReadonlySet<string>;
  readonly uploads: Pick<UploadLoop, 'request' | 'isUploading'>;
  /** The run was stopped from outside: no step starts any more. */
  readonly isStopped: () => boolean;
  readonly note: (message: string) => void;
};

/** The checkpoints of a job while its steps run. */
export type JobCheckpoints = Checkpoints & {
  /** Values that no stored file may hold; steps may add to them. */
  readonly secrets: () => readonly string[];
  /** Records the result of an upload in the journal. */
  readonly onUpload: (result: SaveResult) => void;
  /** The run has ended: stops recording in its journal. Settles when no archive is being taken. */
  readonly stop: () => Promise<void>;
};

/** Takes an archive after each step that is done, one at a time, and requests its upload. */
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
  /** A step failed: its files must not get into an archive of all changes since the start. */
  #isTainted: boolean;
  /** Steps that ended since the latest archive and left files: done but without an archive, or failed while others ran. */
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
    // Taken now: steps that end while this waits for its turn are not in its archive.
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

  /** Like the files of a failed step, those of a fallback belong to no archive. */
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
    // An upload removes the archives that it packs when it ends.
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

  /** The archive has some version of these files, which the next archive replaces. */
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
   * Lists the files that a failed step or a fallback left as if they had been there from the start, so that no archive
   * has them. Not while other steps run, and not after a step that is done but has no archive yet: their files would be
   * lost too.
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

  /** Waits until the latest writes are old enough not to count as written after the listing. */
  async #list(tar: GnuTar, listing: string): Promise<boolean> {
    const { workspace, scope, git } = this.#options;
    await new Promise<void>((resolve) => void systemClock.after(BACKDATE_MS + CLOCK_TICK_MS, resolve));
    const [listed] = await Promise.all([takeListing({ tar, workspace, scope, listing }), git.changed()]);
    if (!listed.ok)
      this.#run?.warn(`the next checkpoint may hold files that a failed step or a fallback left: ${listed.error}`);
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

  /** If git cannot tell, the step may have changed the repository. */
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

/** The files that an archive is taken with. */
type Taken = { readonly before: string; readonly listing: string; readonly target: string; readonly whole: boolean };

const NAMES_SHOWN = 5;

/** How far the times of files may lag behind, on systems with the slowest clock for them. */
const CLOCK_TICK_MS = 10;

/** Each step once, without the pipeline itself, whose path is empty. */
const stepsIn = (paths: readonly string[]): readonly string[] => [...new Set(paths)].filter((path) => path !== '');

/** Running steps that start processes, not their groups. A step in a fallback counts as the step that the fallback belongs to. */
const runningIn = ({ steps }: RunState): readonly string[] =>
  [...steps.values()]
    .filter((step) => step.status === 'running' && startsProcesses(step))
    .map(({ path }) => outsideFallbacks(path));
