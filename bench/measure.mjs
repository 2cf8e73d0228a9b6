import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs contenders in turn, `rounds` times in changing order, and returns figures by label.
 * A contender is `{label, command, cwd}`, with `env`, an expected `exitCode` and a `stdout` setting if they differ from the
 * default, and a function to `prepare` each run.
 */
export const race = (contenders, rounds) => {
  const runs = new Map(contenders.map(({ label }) => [label, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      contender.prepare?.();
      runs.get(contender.label).push(timeRun(contender));
    }
  }
  return new Map([...runs].map(([label, list]) => [label, summarize(list)]));
};

/** One run: elapsed milliseconds, and processor milliseconds of the program with its children. */
export const timeRun = (contender) => {
  const { command, cwd, env = {}, exitCode = 0, stdout = 'pipe' } = contender;
  const { status, stderr } = spawnSync('bash', ['-c', TIMED, 'bash', ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const seconds = stderr.trimEnd().split('\n').at(-1).split(' ').map(Number);
  if (status !== exitCode || seconds.length !== 3 || seconds.some(Number.isNaN)) {
    throw new Error(`"${command.join(' ')}" ended with ${status}: ${stderr.slice(-2000)}`);
  }
  const [wall, user, system] = seconds;
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
};

/** The same for a Node program, with the peak memory of its main process, in MB. */
export const timeNodeRun = (contender) => {
  const peakFile = join(contender.cwd, 'peak.txt');
  const [node, ...rest] = contender.command;
  const command = [node, '--import', PEAK_HOOK, ...rest];
  const times = timeRun({ ...contender, command, env: { ...contender.env, BENCH_PEAK_FILE: peakFile } });
  const peakMb = Number(readFileSync(peakFile, 'utf8'));
  rmSync(peakFile);
  return { ...times, peakMb };
};

/** Median and minimum of each figure over several runs. */
export const summarize = (runs) => ({
  wallMs: median(runs.map(({ wallMs }) => wallMs)),
  bestMs: Math.min(...runs.map(({ wallMs }) => wallMs)),
  cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
  peakMb: Math.max(...runs.map(({ peakMb = 0 }) => peakMb)),
});

/** The middle value, or the mean of the two middle values. */
export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

const TIMED = `TIMEFORMAT='%3R %3U %3S'; time "$@"`;

const PEAK_HOOK = join(import.meta.dirname, 'peak-memory.mjs');
