// Run by Node 24 with the action's program, an empty folder, a large workspace's folder and a number of rounds; on standard
// input the files that steps change. Prints milliseconds: from the start of a second attempt to its first step, and the
// time that an action with one archive of everything needs to unpack it.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openActionJob } from '../action-job.mjs';
import '../typescript-tests.mjs';

const { startGitHub } = await import('../../__tests__/rig/github/start-github.ts');

const [, , action, folder, pristine, rounds] = process.argv;
const changed = readFileSync(0, 'utf8').split('\n');
const at = (name) => join(folder, name);

const PIPELINE = `
defaults: { shell: sh }
steps:
  - { id: one, run: '"$NODE" "$CHANGE" "$LIST" 0' }
  - { id: two, run: '"$NODE" "$CHANGE" "$LIST" 1' }
  - { id: three, run: '"$NODE" -p "Date.now()" >> "$STARTED"; test -e "$MAY_PASS"' }
  - { id: four, run: 'true' }
  - { id: five, run: 'true' }
`;

const main = async () => {
  const github = await startGitHub();
  const job = openJob(github);
  run('bash', [
    '-c',
    'set -o pipefail; tar -c --posix -C "$1" . | zstd -T0 -q -f -o "$2"',
    'bash',
    job.workspace,
    at('all'),
  ]);
  const times = { resume: [], whole: [], attempt1: [], restored: [] };
  for (let round = 0; round < Number(rounds); round++) {
    reset(job);
    times.attempt1.push(await attempt(job, 1));
    reset(job);
    times.resume.push(await attempt(job, 2));
    times.restored.push(changed.filter((file) => isChanged(job, file)).length);
    await github.evict('savepoint');
    times.whole.push(unpackAll());
  }
  await github[Symbol.asyncDispose]();
  return times;
};

const openJob = (github) => {
  writeFileSync(at('list'), changed.map((file) => relative(pristine, file)).join('\n'));
  writeFileSync(at('change.mjs'), CHANGE);
  run('cp', ['-a', pristine, at('tree')]);
  const services = (number) => github.environment({ runId: '10000000001', attempt: number });
  const job = openActionJob(folder, { 'savepoint.yml': PIPELINE }, {});
  rmSync(join(job.workspace, '.git'), { recursive: true });
  run('bash', ['-c', 'mv "$1"/* "$2"', 'bash', at('tree'), job.workspace]);
  const env = (number) => ({ ...job.env(number), ...services(number) });
  return { ...job, env };
};

/** Appends a line to every second file of the list. */
const CHANGE = `
import { appendFileSync, readFileSync } from 'node:fs';
const names = readFileSync(process.argv[2], 'utf8').split('\\n');
for (const [n, name] of names.entries()) if (n % 2 === Number(process.argv[3])) appendFileSync(name, 'changed');
`;

/** Restores the state after a checkout. */
const reset = (job) => {
  for (const file of changed) copyFileSync(file, join(job.workspace, relative(pristine, file)));
  rmSync(at('may-pass'), { force: true });
  job.reset();
};

const isChanged = ({ workspace }, file) => readFileSync(join(workspace, relative(pristine, file))).includes('changed');

/** Milliseconds to the start of the third step, by its own clock. */
const attempt = async (job, number) => {
  const shared = { NODE: process.execPath, CHANGE: at('change.mjs'), LIST: at('list'), MAY_PASS: at('may-pass') };
  const env = { ...process.env, ...job.env(number), ...shared, STARTED: at('started') };
  writeFileSync(at('started'), '');
  if (number > 1) writeFileSync(at('may-pass'), '');
  const from = Date.now();
  const child = spawn(process.execPath, [action], { cwd: job.workspace, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  child.stdout.on('data', (chunk) => (log += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  const isExpected = number > 1 ? status === 0 && log.includes('restored the workspace') : status === 1;
  if (!isExpected) throw new Error(`attempt ${number} ended with ${status}: ${log}`);
  return Number(readFileSync(at('started'), 'utf8').trim()) - from;
};

const unpackAll = () => {
  const target = at('unpacked');
  mkdirSync(target);
  const from = performance.now();
  run('bash', ['-c', 'set -o pipefail; zstd -d -c -q "$1" | tar -x -C "$2"', 'bash', at('all'), target]);
  const ms = performance.now() - from;
  rmSync(target, { recursive: true });
  return ms;
};

const run = (program, args) => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
};

console.log(JSON.stringify(await main()));
