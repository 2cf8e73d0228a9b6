// The smallest program the rig can drive: runs each argument but the first as a shell command, ends with the first failure.
import { spawn } from 'node:child_process';

for (const command of process.argv.slice(3)) {
  const child = spawn('sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(process.stdout);
  child.stderr.pipe(process.stderr);
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) process.exit(code);
}
