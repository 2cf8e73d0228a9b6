import { choosePaint, type ColourQuestion } from './colour.js';
import type { Surroundings } from '../../machine/facts.js';
import type { Outlet } from './screen.js';
import { isTerminal, createFdWriter } from '../../machine/files/descriptor.js';
import { readSurroundings } from '../../machine/surroundings.js';

/** The outputs and the surroundings of the program: all that a command gets from the process. */
export type Terminal = {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly surroundings: Surroundings;
};

/** The terminal of this process; reads the environment once. */
export const openTerminal = (noColor: boolean): Terminal => {
  const surroundings = readSurroundings();
  const { env } = surroundings;
  return {
    out: openOutlet(1, { noColor, env }),
    err: openOutlet(2, { noColor, env }),
    surroundings,
  };
};

const openOutlet = (fd: 1 | 2, preferences: Pick<ColourQuestion, 'noColor' | 'env'>): Outlet => {
  const isScreen = isTerminal(fd);
  return {
    paint: choosePaint({ isTerminal: isScreen, ...preferences }),
    write: createFdWriter(fd),
    // Read each time, because a window can be resized. Creating the stream takes time, so only for a terminal.
    get columns() {
      return isScreen ? (fd === 1 ? process.stdout : process.stderr).columns : undefined;
    },
  };
};
