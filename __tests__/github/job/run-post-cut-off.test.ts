import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findCheckpoint } from '../../../src/github/checkpoint/find-checkpoint.js';
import { saveCheckpoint } from '../../../src/github/checkpoint/save-checkpoint.js';
import { createAbortScope } from '../../../src/run/context/abort-scope.js';
import { decodeJournal } from '../../../src/state/journal-format.js';
import { unpacked } from '../../snapshot/archives.js';
import { valueOf } from '../../machine/temp-folder.js';
import { until } from '../../machine/until.js';
import { started } from '../../report/recorded-run.js';
import { isAlive } from '../../rig/is-alive.js';
import { findingOf, newJobRig, newSteps, savingOf, writePipeline, type JobRig, type JobStart } from '../job-rig.js';
import { post, postIn } from '../post-rig.js';

describe('an interrupted run', () => {
  const CLEANING = `
inputs: { who: { type: string } }
on_abortion: [{ id: all, run: 'echo "pipeline $WHO" >> "$CLEANED"', env: { WHO: "\${{ inputs.who }}" } }]
finally: [{ id: last, run: 'echo "finally $SAVEPOINT_RUN_ID" >> "$CLEANED"' }]
steps:
  - { id: one, run: "true" }
  - { id: two, run: "true", on_abortion: [{ id: undo, run: 'echo two >> "$CLEANED"' }] }
`;
  const interrupted = async (rig: JobRig): Promise<JobStart> => {
    writePipeline(rig, CLEANING);
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    steps.run.add(started('two'));
    return job;
  };
  const cleaned = (rig: JobRig): readonly string[] =>
    rig.has('../cleaned') ? rig.temp.read('cleaned').split('\n').slice(0, -1) : [];
  const env = (rig: JobRig): Record<string, string> => ({ CLEANED: rig.temp.at('cleaned'), INPUT_INPUTS: 'who=me' });

  test('is claimed, saved with the claim, and then cleaned up after, once', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    const { notes, warnings, log } = await post(rig, job, env(rig));
    expect(warnings).toEqual([]);
    expect(notes.slice(0, 3)).toEqual([
      'Savepoint was killed before its end, while it ran "two"',
      'saved for a re-run: the workspace after "one"',
      'cleaning up after the run that was stopped',
    ]);
    expect(log).not.toContain('the last attempt was interrupted');
    expect(cleaned(rig)).toEqual(['two', 'pipeline me', 'finally r1']);
    const finding = await findCheckpoint(findingOf(rig.start({ attempt: 2 })));
    if (finding.kind !== 'found') throw new Error(finding.kind);
    expect(typesIn(unpacked(finding.checkpoint.journal.file)).slice(-2)).toEqual(['step_started', 'late_abortion']);
    expect(typesIn(readFileSync(job.folder.journalFile)).at(-1)).toBe('run_aborted');
    await post(rig, job, env(rig));
    expect(cleaned(rig)).toHaveLength(3);
  });

  test('is cleaned up after where nothing of it was ever saved and nothing can be', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    rig.github.fault({ on: 'both', kind: 'connection-loss' });
    await post(rig, job, env(rig));
    expect(cleaned(rig)).toHaveLength(3);
    const off = await interrupted(rig);
    await post(rig, off, { ...env(rig), INPUT_CHECKPOINT: 'off' });
    expect(cleaned(rig)).toHaveLength(6);
  });

  test('is left to the next start where a checkpoint is stored and the claim cannot be', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    expect(await saveCheckpoint({ kind: 'checkpoint', isFinal: false }, savingOf(job))).toMatchObject({
      kind: 'saved',
    });
    rig.github.fault({ on: 'both', kind: 'connection-loss' });
    const { notes } = await post(rig, job, env(rig));
    expect(cleaned(rig)).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/^a re-run of this job cleans up instead/));
  });

  test('is left to the next start where only the checkpoint that was restored holds it, and the claim cannot be saved', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    const begun = job.chain.state().begun;
    if (begun === undefined) throw new Error('not begun');
    job.chain.add({ ...begun, journal_bytes: readFileSync(job.folder.journalFile).length });
    rig.github.fault({ on: 'both', kind: 'connection-loss' });
    const { notes } = await post(rig, job, env(rig));
    expect(cleaned(rig)).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/^a re-run of this job cleans up instead/));
  });

  test('is left to the next start, unclaimed, where post is stopped before its fallbacks could begin', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    const scope = createAbortScope();
    scope.abort({ cause: 'signal', atOnce: false });
    const { notes } = await postIn(rig, { job, env: env(rig), scope });
    expect(notes).toContain('stopped before the fallbacks could begin: a re-run of this job cleans up instead');
    expect(notes).toContain('saved for a re-run: the workspace after "one"');
    expect([cleaned(rig), typesIn(readFileSync(job.folder.journalFile)).at(-1)]).toEqual([[], 'step_started']);
  });

  test('has no fallback that outlives post when its time is up', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    writePipeline(rig, CLEANING.replace('echo two >> "$CLEANED"', 'echo $$ > pid; exec sleep 600'));
    const scope = createAbortScope();
    const posting = postIn(rig, { job, env: env(rig), scope });
    await until(() => rig.has('pid') && rig.read('pid').endsWith('\n'));
    const pid = Number(rig.read('pid'));
    scope.abort({ cause: 'signal', atOnce: true });
    const { warnings } = await posting;
    expect([isAlive(pid), cleaned(rig)]).toEqual([false, []]);
    expect(warnings).toContainEqual(expect.stringMatching(/^there was no time for /));
    expect(typesIn(readFileSync(job.folder.journalFile)).at(-1)).toBe('run_aborted');
  });

  test.each(['failed', 'succeeded'] as const)('owes nothing where main saw that it %s', async (outcome) => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    job.chain.add({ type: 'ended', outcome });
    await post(rig, job, env(rig));
    expect(cleaned(rig)).toEqual([]);
  });

  test('is not cleaned up after where its file cannot be read any more, and that is reported', async () => {
    await using rig = await newJobRig();
    const job = await interrupted(rig);
    writePipeline(rig, 'steps: nonsense');
    const { notes, warnings } = await post(rig, job, env(rig));
    expect(warnings).toEqual([
      expect.stringMatching(/^the fallbacks of the interrupted run do not run: savepoint.yml:1:8 /),
    ]);
    expect(notes).toContain('saved for a re-run: the workspace after "one"');
    expect(cleaned(rig)).toEqual([]);
  });
});

const typesIn = (journal: Buffer): readonly string[] => valueOf(decodeJournal(journal)).events.map(({ type }) => type);
