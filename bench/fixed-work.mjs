// A step of fixed work, about a quarter of a second: appends when it began and ended, and its processor time, to a file.
import { appendFileSync } from 'node:fs';

const from = Date.now();
const before = process.cpuUsage();
let sum = 0;
for (let n = 0; n < 50_000_000; n++) sum = (sum + Math.imul(n, 2_654_435_761)) | 0;
const { user, system } = process.cpuUsage(before);
appendFileSync(process.argv[2], `${JSON.stringify({ from, to: Date.now(), cpuMs: (user + system) / 1000, sum })}\n`);
