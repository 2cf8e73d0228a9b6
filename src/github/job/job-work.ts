import { join } from 'node:path';
import { ok, type Result } from '../../base/result.js';
import type { ChainStart } from '../../checkpoint/chain-state.js';
import { systemClock } from '../../machine/process/clock.js';
import { createGitWatch } from '../../machine/workspace/git-state.js';
import type { OpenJournal } from '../../machine/workdir/journal-file.js';
import { newRunId } from '../../machine/new-id.js';
import { createMachineRun, type MachineRun, type MachineRunPorts } from '../../machine/machine-run.js';
import { bestCompression } from '../../snapshot/sealed/stored-file.js';
import { takeListing } from '../../snapshot/take-archive.js';
import { makeDirectories } from '../../machine/workdir/work-directory.js';
import type { BegunRun, InterruptedRun, OpenWork } from '../../run/host.js';
import type { JobStores } from '../store/connect-stores.js';
import { digestSecrets } from '../runner/digest-secrets.js';
import { createJobCheckpoints, type JobCheckpoints } from '../checkpoint/job-checkpoints.js';
import { scopeOf, type Baseline } from './job-baseline.js';
import { openJobJournal } from '../checkpoint/job-journal.js';
import type { LockedJob } from './locked-job.js';
import type { ResumedRun } from '../checkpoint/resume-job.js';
import { saveCheckpoint, type SaveOptions, type SaveResult } from '../checkpoint/save-checkpoint.js';
import { startUploadLoop, type UploadLoop } from '../checkpoint/upload-loop.js';

/** A job whose workspace is ready to run steps. */
export type JobWork = Pick<OpenWork, 'begin' | 'close' | 'interrupted'> & {
  /** The run of an earlier attempt, if this job resumes it. */
  readonly resumed: ResumedRun | undefined;
  /** Absolute. */
  readonly logsFolder: string;
  /** Saves unsaved checkpoints after the run has ended; undefined without checkpoints. */
  readonly saveRest: () => Promise<SaveResult | undefined>;
};

/** The parts of a job whose workspace has been restored or is fresh. */
export type JobWorkOptions = LockedJob & {
  readonly baseline: Baseline;
  readonly resumed: ResumedRun | undefined;
  /** An earlier attempt may have left a checkpoint that this one could not use. */
  readonly isAfterUnused: boolean;
};

/** Creates the work of a job: call `begin` before the first step, and `close` to release everything however it ends. */
export const createJobWork = (options: JobWorkOptions): JobWork => new OpenJobWork(options);

type Uploads = { readonly loop: UploadLoop; readonly checkpoints: JobCheckpoints; readonly saving: SaveOptions };

class OpenJobWork implements JobWork {
  readonly resumed: ResumedRun | undefined;
  readonly logsFolder: string;
  readonly interrupted?: InterruptedRun;
  readonly #options: JobWorkOptions;
  readonly #run: MachineRun;
  #uploads: Uploads | undefined;
  /** Whether the cleanup of an interrupted attempt has run and may have left files in the workspace. */
  #hasCleaned = false;

  constructor(options: JobWorkOptions) {
    this.#options = options;
    this.resumed = options.resumed;
    this.logsFolder = options.workDir.logsFolder;
    options.chain.add(this.#chainStart());
    if (options.resumed?.manifest !== undefined) this.interrupted = this.#interruptedRun(options.resumed);
    const { facts, workDir, lock, display } = options;
    this.#run = createMachineRun({ facts, workDir, lock, display, repeatsWarning: true });
  }

  readonly begin = async (): Promise<Result<BegunRun>> => {
    const { facts, workDir, pipeline, baseline } = this.#options;
    const opened = this.#open();
    if (!opened.ok) return opened;
    const made = makeDirectories(workDir, pipeline.directories);
    if (!made.ok) return made;
    this.#uploads = await this.#startUploads();
    const checkpoints = this.#uploads && { checkpoints: this.#uploads.checkpoints };
    return ok({
      runId: this.resumed?.last.runId ?? newRunId(),
      commit: baseline.commit === '' ? facts.env['GITHUB_SHA'] : baseline.commit,
      environment: opened.value.environment,
      ports: { ...opened.value.ports, ...checkpoints },
    });
  };

  readonly close = async (): Promise<void> => {
    try {
      this.#uploads?.loop.stop();
      await this.#uploads?.checkpoints.stop();
    } finally {
      await this.#run.close();
    }
  };

  readonly saveRest = async (): Promise<SaveResult | undefined> => {
    if (this.#uploads === undefined) return undefined;
    await this.#uploads.loop.idle();
    return saveCheckpoint({ kind: 'checkpoint', isFinal: true }, this.#uploads.saving);
  };

  /** The cleanup of an interrupted attempt and the run itself share one journal. */
  #open(): Result<MachineRunPorts> {
    const { folder, workDir, display } = this.#options;
    return this.#run.open(() => {
      const journal = openJobJournal({ folder, workDir, warn: display.warning }, this.resumed?.journal);
      return journal.ok ? ok(this.#movingItems(journal.value)) : journal;
    });
  }

  /** Its pending cleanup runs in the restored workspace. Listings are taken after it, so no archive holds its files. */
  #interruptedRun({ last }: ResumedRun): InterruptedRun {
    return {
      last,
      begin: () => {
        const opened = this.#open();
        return Promise.resolve(opened.ok ? ok({ ...opened.value, claim: this.#claim }) : opened);
      },
      end: () => Promise.resolve(),
    };
  }

  /** Saves the claim for later starts, because the checkpoint that this start found does not hold it. */
  readonly #claim = async (): Promise<boolean> => {
    const { stores } = this.#options;
    if (stores === undefined) return false;
    const saved = await saveCheckpoint({ kind: 'checkpoint', isFinal: false }, this.#saving(stores, undefined));
    this.#hasCleaned = saved.kind === 'saved';
    return this.#hasCleaned;
  };

  async #startUploads(): Promise<Uploads | undefined> {
    const { stores, facts, folder, chain, inputs, pipeline, display, baseline, isStopped } = this.#options;
    if (stores === undefined || (baseline.tar !== undefined && baseline.origin === undefined)) return undefined;
    const now = await this.#currentListing();
    const git = await createGitWatch(facts.workspace);
    const saving = this.#saving(stores, () => checkpoints.secrets());
    const loop = startUploadLoop({
      clock: systemClock,
      random: Math.random,
      minIntervalMs: pipeline.checkpoint.minIntervalMs,
      jobTotal: inputs.jobTotal,
      jobIndex: inputs.jobIndex,
      pauseMs: () => (isStopped() ? Infinity : stores.guard.pauseMs()),
      save: () => saveCheckpoint({ kind: 'checkpoint', isFinal: false }, saving),
      onResult: (result) => checkpoints.onUpload(result),
    });
    const checkpoints = createJobCheckpoints({
      workspace: facts.workspace,
      scope: this.#scope(),
      folder,
      tar: baseline.tar,
      git,
      chain,
      listings: { origin: baseline.origin ?? '', now: now ?? '' },
      isTainted: this.#hasCleaned,
      unreadable: baseline.unreadable,
      inheritedSecrets: new Set(pipeline.secrets.map((name) => facts.env[name] ?? '')),
      uploads: loop,
      isStopped,
      note: display.note,
    });
    return { loop, checkpoints, saving };
  }

  #saving(stores: JobStores, secrets: SaveOptions['secrets']): SaveOptions {
    const { chain, identity, folder, display } = this.#options;
    const { warning: warn } = display;
    return { ...stores, chain, identity, folder, compression: bestCompression(), secrets, now: systemClock.now, warn };
  }

  /** Lists the workspace again after a restore. */
  async #currentListing(): Promise<string | undefined> {
    const { baseline, facts, folder, display } = this.#options;
    if (this.resumed === undefined || baseline.tar === undefined) return baseline.origin;
    const listing = join(folder.listingsFolder, 'restored');
    const listed = await takeListing({ tar: baseline.tar, workspace: facts.workspace, scope: this.#scope(), listing });
    if (listed.ok) return listing;
    display.warning(`the next checkpoint may hold more than it needs: ${listed.error}`);
    return baseline.origin;
  }

  #scope(): ReturnType<typeof scopeOf> {
    const { pipeline, workDir, facts } = this.#options;
    return scopeOf(pipeline, workDir, facts.workspace);
  }

  #chainStart(): ChainStart {
    const { pipeline, baseline, identity, facts } = this.#options;
    const manifest = this.resumed?.manifest;
    const names = pipeline.secrets.filter((name) => (facts.env[name] ?? '') !== '');
    return {
      type: 'begun',
      scope: this.#scope(),
      max_size_bytes: pipeline.checkpoint.maxSizeBytes,
      commit: baseline.commit,
      machine_paths: [...(manifest?.machine_paths ?? []), identity.places],
      secret_names: names,
      secrets_digest: digestSecrets({ names, env: facts.env, nonce: identity.nonce }),
      restored: manifest?.chain ?? [],
      must_rerun: this.resumed?.mustRerun ?? {},
      ...(manifest?.baseline !== undefined && { baseline: manifest.baseline }),
      ...(manifest === undefined && baseline.origin !== undefined && { baseline_file: baseline.origin }),
      sequence: manifest?.sequence ?? 0,
      journal_bytes: this.resumed?.journal.validBytes ?? 0,
      after_unused: this.#options.isAfterUnused,
    };
  }

  /** When a new list moves items, their entries in the chain move with them. A first list moves nothing. */
  #movingItems(journal: OpenJournal): OpenJournal {
    if (this.resumed === undefined) return journal;
    return {
      append: (event, state) => {
        if (event.type === 'items_listed') {
          this.#options.chain.add({ type: 'items_moved', step: event.step, from: event.from ?? [] });
        }
        return journal.append(event, state);
      },
      close: journal.close,
    };
  }
}
