// Imported before a measured program: writes the most memory it ever held into a file when it exits, in MB.
// Not getrusage: its figure begins with the memory of the program that forked.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  writeFileSync(process.env.BENCH_PEAK_FILE, String(Number(peakKb) / 1024));
});
