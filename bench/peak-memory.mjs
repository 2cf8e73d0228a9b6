// Imported before a measured program: writes its peak memory in MB into a file when it exits.
// Not getrusage: its figure begins with the memory of the program that forked.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  writeFileSync(process.env.BENCH_PEAK_FILE, String(Number(peakKb) / 1024));
});
