// Run by Node 24 in an empty folder: records the events of that many steps as a run does, and prints microseconds for each part.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import '../../scripts/typescript-sources.mjs';

const { createMasker } = await import('../../src/base/mask.ts');
const { openJournal } = await import('../../src/machine/workdir/journal-file.ts');
const { replaceFile } = await import('../../src/machine/files/write-file.ts');
const { createRecorder } = await import('../../src/run/context/recorder.ts');
const { CHAIN_START } = await import('../../src/state/journal-format.ts');
const { renderStateFile } = await import('../../src/state/state-file.ts');

const STEPS = Number(process.argv[2]);
const REWRITES = 20;

const nothing = () => undefined;
const display = { event: nothing, output: nothing, warning: nothing, annotation: nothing };
const clock = { now: () => Date.now(), after: () => nothing };
const identity = { runId: 'bench', attempt: 1, last: undefined };

const main = async () => {
  const events = [];
  const opened = openJournal({
    file: join(process.cwd(), 'journal.jsonl'),
    from: { hash: CHAIN_START, validBytes: 0 },
    stateFile: join(process.cwd(), 'state.json'),
    renderState: renderStateFile,
  });
  if (!opened.ok) throw new Error(opened.error);
  const journal = opened.value;
  const timer = stopwatch();
  const remembering = {
    append: (event, state) => {
      events.push(event);
      return timer.around(() => journal.append(event, state));
    },
  };
  const recorder = createRecorder(identity, { clock, journal: remembering, display }, createMasker());
  recorder.emit({ type: 'run_started', pipeline: 'bench', file: 'savepoint.yml', inputs: {} });
  const recorded = stopwatch();
  for (let n = 1; n <= STEPS; n++) {
    recorded.around(() => emitStep(`s${n}`, recorder));
    await turn(); // Flushes run while steps run.
  }
  const state = recorder.state();
  await journal.close(state);
  const rewrite = stopwatch();
  for (let n = 0; n < REWRITES; n++) rewrite.around(() => replaceFile('rewritten.json', renderStateFile(state)));
  const microseconds = (ms, count) => (ms * 1000) / count;
  return {
    append: microseconds(timer.ms(), events.length),
    plainWrite: microseconds(timePlainWrites(events), events.length),
    step: microseconds(recorded.ms(), STEPS),
    rewrite: microseconds(rewrite.ms(), REWRITES),
  };
};

const stopwatch = () => {
  let total = 0;
  const around = (work) => {
    const from = performance.now();
    const result = work();
    total += performance.now() - from;
    return result;
  };
  return { around, ms: () => total };
};

const emitStep = (step, { emit }) => {
  const digest = '0123456789abcdef0123456789abcdef';
  const fingerprint = { definition: digest, directory: digest, env: digest, reads: '', needs: digest };
  emit({ type: 'step_started', step, kind: 'script', name: step, because: 'a fresh run', fingerprint });
  emit({ type: 'attempt_started', step, try: 1, pid: 12345, process_start: '123456789' });
  emit({ type: 'step_succeeded', step, duration_ms: 2, exit_code: 0 });
};

/** The minimal journal: prepared text, one system call per line. */
const timePlainWrites = (events) => {
  const lines = events.map((event) => Buffer.from(`${JSON.stringify(event)}\n`));
  const fd = openSync('plain.jsonl', 'a');
  const from = performance.now();
  for (const line of lines) writeSync(fd, line);
  const ms = performance.now() - from;
  closeSync(fd);
  return ms;
};

console.log(JSON.stringify(await main()));
