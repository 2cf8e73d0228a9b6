import { readFileSync } from 'node:fs';

/** Whether a process runs. A zombie, which has ended and waits for its parent, does not. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
