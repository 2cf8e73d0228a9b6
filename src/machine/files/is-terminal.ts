import { fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';

/** Whether an open file is a terminal. Asks `node:tty`, which takes long to load, only where one is likely. */
export const isTerminal = (fd: number): boolean => mayBeTerminal(fd) && process.getBuiltinModule('node:tty').isatty(fd);

const mayBeTerminal = (fd: number): boolean => {
  try {
    const file = fstatSync(fd);
    return file.isCharacterDevice() && file.rdev !== statSync(devNull).rdev;
  } catch {
    return false;
  }
};
