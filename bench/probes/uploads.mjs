// Run by Node 24 with the action's program, an empty folder and a number of rounds: steps of fixed work, alone,
// during an upload, and during a plain zstd of the same data. Prints how long the steps took per contender and round.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { openActionJob } from '../action-job.mjs';
import '../typescript-tests.mjs';

const { startGitHub } = await import('../../__tests__/rig/github/start-github.ts');

const [, , action, folder, rounds] = process.argv;
const STEPS = 40;
const MEBIBYTES = 300;
const WORK = join(import.meta.dirname, '..', 'fixed-work.mjs');
/** About as long as an upload. */
const PASSES = 6;
const PACE_MS = 20;
const BIG = join(folder, 'big.bin');

const main = async () => {
  makeBigFile();
  const github = await startGitHub();
  const contenders = [
    ['alone', (lanes) => runSteps(github, { lanes, uploads: false })],
    ['upload', (lanes) => runSteps(github, { lanes, uploads: true })],
    ['zstd', (lanes) => runSteps(github, { lanes, uploads: false, beside: true })],
  ];
  const runs = [];
  for (let round = 0; round < Number(rounds); round++) {
    for (const lanes of [1, 2]) {
      for (const [label, work] of round % 2 === 0 ? contenders : contenders.toReversed()) {
        runs.push({ label, lanes, ...(await work(lanes)) });
      }
    }
  }
  await github[Symbol.asyncDispose]();
  return runs;
};

/** Base64 of random bytes: a compressor reduces it to three quarters. */
const makeBigFile = () => {
  const fd = openSync(BIG, 'w');
  const bytes = Buffer.alloc(768 * 1024);
  for (let n = 0; n < MEBIBYTES; n++) writeSync(fd, randomFillSync(bytes).toString('base64'));
  closeSync(fd);
};

/** To measure without uploads, the first one is scheduled in an hour. */
const pipelineOf = (lanes, interval) => `
max_parallel: ${lanes}
checkpoint: { min_interval: ${interval} }
defaults: { shell: sh }
steps:
  - { id: big, run: 'cp "$BIG" big.bin' }
  - id: work
    ${lanes === 1 ? 'steps' : 'parallel'}:
${`      - run: '"$NODE" "$WORK" "$TIMES"'\n`.repeat(STEPS)}`;

const runSteps = async (github, { lanes, uploads, beside = false }) => {
  const root = join(folder, 'job');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  const services = github.environment({ runId: '10000000001', attempt: 1 });
  const job = openActionJob(root, { 'savepoint.yml': pipelineOf(lanes, uploads ? '1ms' : '1h') }, services);
  const times = join(root, 'times.jsonl');
  writeFileSync(times, '');
  const env = { ...process.env, ...job.env(1), NODE: process.execPath, WORK, TIMES: times, BIG };
  const seen = github.requests.length;
  const before = process.cpuUsage();
  const main = spawn(process.execPath, [action], { cwd: job.workspace, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  main.stdout.on('data', (chunk) => (log += chunk));
  const store = watch(main.pid);
  const zstd = beside ? zstdOnceWorking(times) : undefined;
  const status = await new Promise((resolve) => main.on('close', resolve));
  store.stop();
  if (status !== 0) throw new Error(`the action ended with ${status}: ${log}`);
  const emulator = process.cpuUsage(before);
  const saves = github.requests.slice(seen).filter(({ path }) => path.includes('FinalizeCacheEntryUpload'));
  if (saves.length > 0 !== uploads) throw new Error(`there were ${saves.length} uploads`);
  const entries = await github.entries();
  await github.evict('savepoint');
  return {
    steps: readLines(times),
    // Later uploads are almost empty.
    beside: saves.length > 0 ? store.until(saves[0].at) : await zstd,
    emulatorMs: (emulator.user + emulator.system) / 1000,
    storedBytes: Math.max(0, ...entries.map(({ content }) => content.length)),
  };
};

const readLines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Samples the worker process of a main process: when it was first seen, and its processor time. */
const watch = (main) => {
  const samples = [];
  let pid;
  const timer = setInterval(() => {
    pid ??= storeOf(main);
    const cpuMs = pid === undefined ? undefined : cpuOf(pid);
    if (cpuMs !== undefined) samples.push({ at: Date.now(), cpuMs });
  }, PACE_MS);
  const until = (moment) => ({
    from: samples[0]?.at,
    to: moment,
    cpuMs: samples.findLast(({ at }) => at <= moment)?.cpuMs,
  });
  return { until, stop: () => clearInterval(timer) };
};

const storeOf = (main) => {
  const children = readProc(`${main}/task/${main}/children`)?.trim().split(' ') ?? [];
  return children.find((child) => readProc(`${child}/cmdline`)?.includes('store/index.js'));
};

/** Including finished children, in ticks of 10 ms: fields 14 to 17 of proc_pid_stat(5). */
const cpuOf = (pid) => {
  const fields = readProc(`${pid}/stat`)?.split(') ')[1]?.split(' ');
  return fields?.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
};

const readProc = (name) => {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return undefined;
  }
};

/** Begins when the first step has ended, like an upload; reports the processor time of one pass. */
const zstdOnceWorking = async (times) => {
  while (readFileSync(times, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  const from = Date.now();
  const passes = `TIMEFORMAT='%U %S'; time for n in $(seq ${PASSES}); do zstd -3 --single-thread -q -c "$1"; done >/dev/null`;
  const child = spawn('bash', ['-c', passes, 'bash', BIG], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => (text += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  const [user, system] = text.trim().split(' ').map(Number);
  return { from, to: Date.now(), cpuMs: ((user + system) * 1000) / PASSES };
};

console.log(JSON.stringify(await main()));
