// The floor for the engine: plain Node starting the same processes with the same parallelism, and nothing else.
import { spawn } from 'node:child_process';

const [count = 0, parallel = 1] = process.argv.slice(2).map(Number);
let started = 0;

const runOne = () =>
  new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e', 'no-op.sh'], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.resume();
    child.stderr.resume();
    child.on('error', reject);
    child.on('close', resolve);
  });

const lane = async () => {
  while (started++ < count) await runOne();
};

await Promise.all(Array.from({ length: parallel }, lane));
