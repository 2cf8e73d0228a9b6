import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { commandLineOf } from '../../../src/local/command-line/command-line.js';
import { readFacts } from '../../../src/machine/facts.js';
import { createLocalWork } from '../../../src/local/work/local-work.js';
import { readStoredRuns } from '../../../src/local/work/stored-runs.js';
import { acquireLock } from '../../../src/machine/workdir/lock.js';
import { openWorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import type { OpenWork } from '../../../src/run/host.js';
import { applyEvent } from '../../../src/state/apply-event.js';
import type { RunEvent } from '../../../src/state/event.js';
import { startSource } from '../../machine/source-child.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { until } from '../../machine/until.js';
import { isAlive } from '../../rig/is-alive.js';
import { createRecordingDisplay, type RecordingDisplay } from '../../rig/recording-display.js';
import { started } from '../../report/recorded-run.js';
import { journalOf, newStoredRunFolder, runStarted } from '../stored-run-folder.js';

type Opened = Pick<OpenWork, 'begin' | 'close' | 'interrupted'> & { readonly display: RecordingDisplay };

type Wish = { readonly text?: string; readonly resume?: string; readonly tempDir?: string };

/** Work in a new folder with a lock: a run called `fresh`, or one to resume. */
const workIn = async (
  folder: TempFolder,
  { text = 'steps: [{run: "true"}]', resume, tempDir = 'tmp' }: Wish = {},
): Promise<Opened> => {
  mkdirSync(folder.at('tmp'), { recursive: true });
  const pipeline = valueOf(await readPipeline({ file: 'savepoint.yml', bytes: Buffer.from(text) }));
  const workDir = valueOf(openWorkDirectory(folder.path, '.work'));
  const commandLine = commandLineOf(undefined);
  const runs = readStoredRuns(workDir, commandLine);
  const last = resume === undefined ? undefined : valueOf(runs.find(resume));
  const surroundings = { env: {}, folder: folder.path, platform: 'linux', arch: 'x64', hostName: 'here' };
  const facts = readFacts({ ...surroundings, tempDir });
  const display = createRecordingDisplay();
  const lock = valueOf(acquireLock(workDir.lockFile));
  const { current } = runs;
  const runId = resume ?? 'fresh';
  const interrupted = last ?? (current.kind === 'found' ? current.run : undefined);
  const options = { workDir, lock, current, runId, last, interrupted, pipeline, facts, display, commandLine };
  return { display, ...createLocalWork(options) };
};

const history = (folder: TempFolder): readonly string[] => readdirSync(folder.at('.work/history')).sort();

describe('an interrupted run', () => {
  /** The events that its end adds to its journal. */
  const endIt = async ({ interrupted }: Opened): Promise<void> => {
    if (interrupted === undefined) throw new Error('none is there');
    const { ports } = valueOf(await interrupted.begin());
    const { last } = interrupted;
    const seq = last.seq + 1;
    const stamp = { v: 1, seq, at: 1_800_000_000_000, run: last.runId, attempt: last.attempt } as const;
    const event: RunEvent = { ...stamp, type: 'run_aborted', by: 'signal', warnings: [] };
    valueOf(ports.journal.append(event, applyEvent(last, event)));
    await interrupted.end();
  };

  test('has its end in its own journal, and then makes room for a fresh one', async () => {
    using folder = newStoredRunFolder();
    const before = folder.read('.work/journal.jsonl');
    const work = await workIn(folder);
    await endIt(work);
    expect(folder.read('.work/journal.jsonl').startsWith(before)).toBe(true);
    valueOf(await work.begin());
    await work.close();
    expect(folder.read('.work/history/now/journal.jsonl')).toContain('run_aborted');
    expect(folder.read('.work/history/now/pipeline-state.json')).toContain('"status": "aborted"');
    expect(folder.read('.work/journal.jsonl')).toBe('');
  });

  test.each(['now', 'before'])('goes on in the same journal when it is resumed: %s', async (resume) => {
    using folder = newStoredRunFolder();
    const work = await workIn(folder, { resume });
    await endIt(work);
    valueOf(await work.begin());
    await work.close();
    expect(folder.read('.work/journal.jsonl')).toContain('run_aborted');
    expect(history(folder)).toEqual([resume === 'now' ? 'before' : 'now']);
  });
});

describe('a run that begins', () => {
  test('finds its directories made and its ports ready, and gives everything back at the end', async () => {
    using folder = newTempFolder();
    const work = await workIn(folder, { text: 'directories: [raw/in]\nsteps: [{run: "true"}]' });
    const begun = valueOf(await work.begin());
    expect(begun).toMatchObject({
      runId: 'fresh',
      environment: { workspace: folder.path, workDir: folder.at('.work') },
    });
    expect(existsSync(folder.at('.work/raw/in'))).toBe(true);
    expect(begun.environment.hasProgram('no-such-program')).toBe(false);
    expect(valueOf(begun.ports.scratch.open('', '.sh')).scriptFile.startsWith(folder.at('tmp/'))).toBe(true);
    await work.close();
    expect(readdirSync(folder.at('tmp'))).toEqual([]);
    expect(existsSync(folder.at('.work/lock.json'))).toBe(false);
  });

  test('puts an unfinished one away and says how to resume it', async () => {
    using folder = newStoredRunFolder();
    const work = await workIn(folder);
    valueOf(await work.begin());
    await work.close();
    expect(history(folder)).toEqual(['before', 'now']);
    expect(work.display.warnings.map(({ message }) => message)).toEqual([
      'run now was not finished; resume it with: savepoint resume now',
    ]);
  });

  test('says of an interrupted one of another pipeline, that it has not cleaned up', async () => {
    using folder = newStoredRunFolder();
    folder.write('.work/journal.jsonl', journalOf('now', [runStarted, started('a')]));
    const work = await workIn(folder);
    valueOf(await work.begin());
    await work.close();
    expect(work.display.warnings.map(({ message }) => message)).toEqual([
      'run now was interrupted and has not cleaned up; clean up and resume it with: savepoint resume now',
    ]);
  });

  test('started over, keeps a journal that cannot be read, and says where', async () => {
    using folder = newStoredRunFolder();
    folder.write('.work/journal.jsonl', 'nonsense\n');
    const work = await workIn(folder);
    valueOf(await work.begin());
    await work.close();
    const [, kept = ''] = history(folder);
    expect(folder.read(`.work/history/${kept}/journal.jsonl`)).toBe('nonsense\n');
    expect(work.display.warnings[0]?.message).toContain(
      `line 1; it was moved to ${folder.at('.work/history')}/${kept}`,
    );
  });

  test('may be an earlier one, which then changes places with the current one', async () => {
    using folder = newStoredRunFolder();
    const before = folder.read('.work/history/before/journal.jsonl');
    const work = await workIn(folder, { resume: 'before' });
    valueOf(await work.begin());
    await work.close();
    expect(history(folder)).toEqual(['now']);
    expect(folder.read('.work/journal.jsonl')).toBe(before);
  });
});

describe('a run that cannot begin leaves the stored ones as they are', () => {
  const refusal = async (folder: TempFolder, wish: Wish): Promise<string> => {
    const work = await workIn(folder, wish);
    const message = errorOf(await work.begin());
    await work.close();
    expect(history(folder)).toEqual(['before']);
    expect(existsSync(folder.at('.work/journal.jsonl'))).toBe(true);
    expect(existsSync(folder.at('.work/lock.json'))).toBe(false);
    expect(readdirSync(folder.at('tmp'))).toEqual([]);
    return message;
  };

  test('without a folder for temporary files', async () => {
    using folder = newStoredRunFolder();
    expect(await refusal(folder, { tempDir: 'missing' })).toContain(folder.at('missing'));
  });

  test('when a directory of its own would lie elsewhere', async () => {
    using folder = newStoredRunFolder();
    symlinkSync('/tmp', folder.at('.work/raw'));
    expect(await refusal(folder, { text: 'directories: [raw/in]\nsteps: [{run: "true"}]' })).toContain('leads out of');
  });
});

const CRASH = (folder: string): string => `
  import { createLocalWork } from 'src/local/work/local-work.js';
  import { readFacts } from 'src/machine/facts.js';
  import { acquireLock } from 'src/machine/workdir/lock.js';
  import { openWorkDirectory } from 'src/machine/workdir/work-directory.js';
  const workDir = openWorkDirectory('${folder}', '.work').value;
  const surroundings = { env: {}, folder: '${folder}', platform: 'linux', arch: 'x64', hostName: '', tempDir: 'tmp' };
  const work = createLocalWork({
    workDir, lock: acquireLock(workDir.lockFile).value, current: { kind: 'none' }, runId: 'x', last: undefined, interrupted: undefined,
    pipeline: { directories: [] }, facts: readFacts(surroundings), display: {}, commandLine: (words) => words,
  });
  const { ports } = (await work.begin()).value;
  const command = (words) => ({ argv: ['bash', '-c', words], env: process.env, cwd: '${folder}', splitStreams: false });
  const start = (words) => ports.processes.start(command(words), (_stream, chunk) => console.log(String(chunk).trim()));
  start('trap "" TERM; setsid sleep 60 & echo $$ $!; wait');
  process.on('uncaughtException', () => process.exit(70));
  process.stdin.once('data', () => { throw new Error('a bug of ours'); });
`;

test('a program that ends in the middle of a run leaves no process, no temporary file and no lock', async () => {
  using folder = newTempFolder();
  mkdirSync(folder.at('tmp'));
  const program = startSource(CRASH(folder.path));
  const pids = (await program.nextLine()).split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  program.tell('crash');
  await program.output;
  await until(() => !pids.some(isAlive));
  expect(readdirSync(folder.at('tmp'))).toEqual([]);
  expect(existsSync(folder.at('.work/lock.json'))).toBe(false);
});
