import { expect, test } from 'vitest';
import { isAlive } from '../is-alive.js';
import { type StepProcess, startStepProcess } from './step-process.js';

const IMPATIENT = { afterSigintMs: 50, afterSigtermMs: 50, forOutputMs: 50 };

type Started = { readonly step: StepProcess; readonly lines: string[]; readonly nextLine: () => Promise<string> };

const start = (script: string, patience?: typeof IMPATIENT): Started => {
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  const onLine = (line: string): void => {
    lines.push(line);
    waiting.shift()?.(line);
  };
  const env = { PATH: process.env['PATH'] ?? '' };
  const step = startStepProcess({ argv: [process.execPath, '-e', script], cwd: '/', env, onLine }, patience);
  return { step, lines, nextLine: () => new Promise((resolve) => waiting.push(resolve)) };
};

test('standard input is closed and lines of both streams come', async () => {
  const { step, lines } = start(`
    process.stdin.on('data', () => {}).on('end', () => { console.log('no input'); process.stderr.write('no end of line'); });
  `);
  expect(await step.ended).toEqual({ exitCode: 0, heldOpen: false, signals: [], endedAfterSignalMs: undefined });
  expect([...lines].sort()).toEqual(['no end of line', 'no input']);
});

test('a process that ends on SIGINT gets no other signal', async () => {
  const { step, nextLine } = start(`
    process.on('SIGINT', () => process.exit(7));
    setInterval(() => {}, 1000);
    console.log('ready');
  `);
  await nextLine();
  const exit = await step.cancel();
  expect(exit).toMatchObject({ exitCode: 7, signals: ['SIGINT'] });
  expect(exit.endedAfterSignalMs).toBeGreaterThan(0);
});

test('a process that ignores what it can is killed, and only itself', async () => {
  const { step, nextLine } = start(
    `
    process.on('SIGINT', () => {}).on('SIGTERM', () => {});
    const child = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'ignore' });
    setInterval(() => {}, 1000);
    console.log(child.pid);
  `,
    IMPATIENT,
  );
  const child = Number(await nextLine());
  expect(await step.cancel()).toMatchObject({ exitCode: 137, signals: ['SIGINT', 'SIGTERM', 'SIGKILL'] });
  expect(isAlive(child)).toBe(true);
  process.kill(child, 'SIGKILL');
});

test('the end of output is not waited for long when someone else holds it open', async () => {
  const { step, nextLine } = start(
    `
    const child = require('node:child_process').spawn('sleep', ['1000'], { stdio: ['ignore', 'inherit', 'ignore'], detached: true });
    child.unref();
    console.log(child.pid);
  `,
    IMPATIENT,
  );
  const child = Number(await nextLine());
  expect(await step.ended).toMatchObject({ exitCode: 0, heldOpen: true });
  process.kill(child, 'SIGKILL');
});

test('a process killed behind the back of the runner got no signal from it', async () => {
  const { step, nextLine } = start(`setInterval(() => {}, 1000); console.log('ready')`);
  await nextLine();
  step.killHard();
  expect(await step.ended).toMatchObject({ exitCode: 137, signals: [] });
});
