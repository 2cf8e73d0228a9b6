import { join } from 'node:path';
import type { ArchiveScope } from '../checkpoint/archive-scope.js';
import { displayName, type ByteName } from '../checkpoint/byte-name.js';
import { isWholeArchiveDue } from '../checkpoint/chain.js';
import type { Result } from '../base/result.js';
import type { GitWatch } from '../machine/git-state.js';
import type { GnuTar } from '../machine/gnu-tar.js';
import type { JobFolder } from '../machine/job-folder.js';
import { fileSizeBytes } from '../machine/part-folder.js';
import { takeArchive, takeFullArchive, takeListing, type TarReport } from '../machine/take-archive.js';
import type { CheckpointRun, Checkpoints, EndedStep } from '../run/ports.js';
import type { RunState } from '../state/run-state.js';
import type { ChainLog } from './chain-log.js';
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
  /** What cannot be read anyway. */
  readonly unreadable: readonly ByteName[];
  /** Values of declared secrets that `post` has too. */
  readonly inheritedSecrets: ReadonlySet<string>;
  readonly uploads: UploadLoop;
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

type Boundary = EndedStep & { readonly journalBytes: number; readonly beside: readonly string[] };

class StepArchives implements JobCheckpoints {
  readonly #options: JobCheckpointOptions;
  #run: CheckpointRun | undefined;
  #secrets: () => readonly string[] = () => [];
  #listing: string;
  #count = 0;
  /** A step failed: what it left must not get into an archive of everything since the start. */
  #isTainted = false;
  readonly #unreadable: Set<ByteName>;
  #taking: Promise<void> = Promise.resolve();

  constructor(options: JobCheckpointOptions) {
    this.#options = options;
    this.#listing = options.listings.now;
    this.#unreadable = new Set(options.unreadable);
  }

  readonly begin = (run: CheckpointRun): void => {
    this.#run = run;
    this.#secrets = run.secrets;
  };

  readonly secrets = (): readonly string[] => this.#secrets();

  readonly stepEnded = (step: EndedStep, state: RunState): Promise<void> => {
    // By now: what others record while this waits for its turn is not in its archive.
    const boundary = {
      ...step,
      journalBytes: fileSizeBytes(this.#options.folder.journalFile),
      beside: runningIn(state),
    };
    this.#taking = this.#taking.then(() => this.#at(boundary));
    return this.#taking;
  };

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
    this.#count += 1;
    const listing = join(this.#options.folder.listingsFolder, String(this.#count));
    if (boundary.isDone) await this.#archive(boundary, listing);
    else await this.#passOver(listing);
  }

  async #archive(boundary: Boundary, listing: string): Promise<void> {
    const { chain, tar, git, folder, listings, inheritedSecrets, uploads } = this.#options;
    const whole = tar === undefined || (!this.#isTainted && isWholeArchiveDue(chain.state()));
    const before = whole ? listings.origin : this.#listing;
    const target = join(folder.archivesFolder, `${String(this.#count)}.tar`);
    const [taken, changed] = await Promise.all([this.#take({ before, listing, target }), git.changed()]);
    if (!taken.ok) {
      this.#run?.warn(`no checkpoint after "${boundary.path}": ${taken.error}`);
      return;
    }
    const { sizeBytes, unreadable } = taken.value;
    chain.add({
      type: 'taken',
      index: this.#count,
      step: boundary.path,
      tar_file: target,
      ...(tar !== undefined && { before, after: listing }),
      size_bytes: sizeBytes,
      unreadable,
      beside: boundary.beside,
      journal_bytes: boundary.journalBytes,
      main_only: this.#secrets().some((value) => !inheritedSecrets.has(value)),
      whole,
    });
    if (tar !== undefined) this.#listing = listing;
    this.#noteUnreadable(boundary.path, unreadable);
    if (!changed.ok) this.#run?.warn(changed.error);
    if (!changed.ok || changed.value) {
      chain.add({
        type: 'unkept',
        step: boundary.path,
        because: 'it changed the git repository, which is not in a checkpoint',
      });
    }
    uploads.request();
  }

  async #take({
    before,
    listing,
    target,
  }: {
    before: string;
    listing: string;
    target: string;
  }): Promise<Result<TarReport>> {
    const { workspace, scope, tar } = this.#options;
    return tar === undefined
      ? takeFullArchive({ tar: 'tar', workspace, scope, target })
      : takeArchive({ tar, workspace, scope, before, after: listing, target });
  }

  /** What a failed step left is as good as there from the start: no archive will have it. */
  async #passOver(listing: string): Promise<void> {
    const { workspace, scope, tar, git } = this.#options;
    this.#isTainted = true;
    if (tar === undefined) return;
    const [listed] = await Promise.all([takeListing({ tar, workspace, scope, listing }), git.changed()]);
    if (listed.ok) this.#listing = listing;
    else this.#run?.warn(`the next checkpoint may hold what a failed step left: ${listed.error}`);
  }

  #noteUnreadable(step: string, unreadable: readonly ByteName[]): void {
    const names = unreadable.filter((name) => !this.#unreadable.has(name));
    if (names.length === 0) return;
    for (const name of names) this.#unreadable.add(name);
    const shown = names.slice(0, NAMES_SHOWN).map(displayName).join(', ');
    this.#run?.warn(`these paths cannot be read and are in no checkpoint, so "${step}" runs again on resume: ${shown}`);
    this.#options.chain.add({
      type: 'unkept',
      step,
      because: 'it left files that cannot be read, which are not stored',
    });
  }
}

const NAMES_SHOWN = 5;

/** Steps that start processes; a group is as done as they are. */
const runningIn = ({ steps }: RunState): readonly string[] =>
  [...steps.values()]
    .filter(({ status, kind }) => status === 'running' && (kind === 'script' || kind === 'commands'))
    .map(({ path }) => path);
