import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  hasMark,
  isAlive,
  isSameStart,
  processStartOf,
  readProcessRow,
  readProcessTable,
} from '../../../src/machine/process/process-table.js';
import { newProcessRig, pidsFrom } from '../process-rig.js';
import { until } from '../until.js';

test('the table holds this process and its children with parent and group', async () => {
  using rig = newProcessRig();
  const child = rig.bash('echo leader=$$; exec sleep 600');
  await pidsFrom(child, ['leader']);
  const rows = new Map(readProcessTable().map((row) => [row.pid, row]));
  expect(rows.get(process.pid)).toMatchObject({ ppid: process.ppid });
  expect(rows.get(child.pid)).toMatchObject({ ppid: process.pid, group: child.pid });
});

test('a program whose name holds brackets and spaces is read like any other', () => {
  using rig = newProcessRig();
  const program = join(rig.folder, 'a) R 1 (b');
  copyFileSync('/bin/sleep', program);
  const child = rig.bash('', { argv: [program, '600'] });
  expect(readProcessRow(child.pid)).toMatchObject({ pid: child.pid, ppid: process.pid, group: child.pid });
});

test('the start of a process stays the same and differs from that of others', () => {
  using rig = newProcessRig();
  const child = rig.bash('exec sleep 600');
  expect(processStartOf(process.pid)).toBe(processStartOf(process.pid));
  expect(processStartOf(child.pid)).not.toBe(processStartOf(process.pid));
  const row = readProcessRow(child.pid);
  expect(row !== undefined && isSameStart(row, child.processStart)).toBe(true);
  expect(row !== undefined && isSameStart(row, processStartOf(process.pid) ?? '')).toBe(false);
});

test('a zombie is not alive and has no start', async () => {
  // The child waits until its parent has become a program that does not wait for children.
  const script = '(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 600';
  const parent = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(chunk.toString());
  await until(() => readProcessRow(pid)?.state === 'Z');
  const row = readProcessRow(pid);
  expect(row !== undefined && isAlive(row)).toBe(false);
  expect(processStartOf(pid)).toBeUndefined();
  parent.kill('SIGKILL');
});

test('a process that does not exist has no row', () => {
  expect(readProcessRow(2 ** 30)).toBeUndefined();
});

test('a mark counts only when run and step are both the same to the last letter', async () => {
  using rig = newProcessRig();
  const env = { PATH: process.env['PATH'] ?? '', SAVEPOINT_RUN_ID: 'r1', SAVEPOINT_STEP: 'a/b[2]' };
  const child = rig.bash('echo leader=$$; exec sleep 600', { env });
  await pidsFrom(child, ['leader']);
  expect(hasMark(child.pid, { runId: 'r1', step: 'a/b[2]' })).toBe(true);
  expect(hasMark(child.pid, { runId: 'r1', step: 'a/b' })).toBe(false);
  expect(hasMark(child.pid, { runId: 'r', step: 'a/b[2]' })).toBe(false);
  expect(hasMark(2 ** 30, { runId: 'r1', step: 'a/b[2]' })).toBe(false);
});
