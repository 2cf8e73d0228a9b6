import type { Manifest } from './manifest.js';

/** The job that wants to resume, to be compared with a manifest. */
export type ResumingJob = {
  /** Of the workflow run. */
  readonly runId: string;
  readonly leg: string;
  readonly os: string;
  readonly arch: string;
  /** The commit that is checked out in the workspace; empty without one. */
  readonly commit: string;
};

/** Whether a checkpoint can be resumed from; `because` continues "the checkpoint is not used: …". */
export type ResumeDecision =
  | { readonly kind: 'usable' }
  /** The run finished, so a fresh start is right and not a refusal. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'refused'; readonly because: string };

/** Decides from a complete manifest; the files it lists may still be missing or damaged. */
export const decideResume = (manifest: Manifest, here: ResumingJob): ResumeDecision => {
  const because = otherRun(manifest, here) ?? (manifest.kind === 'finished' ? undefined : otherMachine(manifest, here));
  if (because !== undefined) return { kind: 'refused', because };
  return { kind: manifest.kind === 'finished' ? 'finished' : 'usable' };
};

const otherRun = (manifest: Manifest, here: ResumingJob): string | undefined => {
  if (manifest.run_id !== here.runId)
    return `it belongs to another workflow run (${manifest.run_id}, this is ${here.runId})`;
  return manifest.leg === here.leg ? undefined : 'it belongs to another job, matrix leg or step of this workflow run';
};

const otherMachine = (manifest: Manifest, here: ResumingJob): string | undefined => {
  if (manifest.os !== here.os || manifest.arch !== here.arch)
    return `it was made on ${manifest.os} ${manifest.arch}, this is ${here.os} ${here.arch}`;
  return manifest.commit === here.commit
    ? undefined
    : `it was made on another commit (${shortCommit(manifest.commit)}, this is ${shortCommit(here.commit)})`;
};

const shortCommit = (commit: string): string => commit.slice(0, 7) || 'none';
