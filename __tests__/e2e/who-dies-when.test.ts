import { describe, expect, test } from 'vitest';
import { isAlive } from '../rig/is-alive.js';
import type { Invocation } from '../rig/puppets.js';
import { newRig, type Rig } from '../rig/rig.js';

const PROCESSES = ['service', 'main', 'child', 'apart'] as const;

/**
 * A process that an earlier, finished step left in the background (`service`), then those of a running step: its own
 * (`main`), a child in its process group, and one that has left the group (`apart`). The last two ignore TERM.
 */
const pipelineWith = (fields: string): string => `
failure: fail_fast
steps:
  - { id: earlier, run: puppet service > /dev/null 2>&1 & }
  - parallel:
      - id: tree
        kill_grace: 100ms
        ${fields}
        run: |
          (puppet child & wait) > /dev/null 2>&1 &
          setsid puppet apart > /dev/null 2>&1 &
          puppet main
      - { id: sibling, run: puppet sibling }
`;

type Started = { readonly rig: Rig; readonly run: ReturnType<Rig['run']>; readonly main: Invocation };

/** One way for the step to end. */
type Ending = {
  readonly how: string;
  readonly fields?: string;
  readonly siblingExits?: number;
  /** Brings it about; settles when the step has ended. */
  readonly bring: (started: Started) => Promise<unknown>;
  /** What still runs afterwards: nothing but what a step leaves behind by itself. */
  readonly living: readonly (typeof PROCESSES)[number][];
};

const exits =
  (code: number): Ending['bring'] =>
  ({ run, main }) => {
    main.exit(code);
    return run.exitCode;
  };

const ENDINGS: readonly Ending[] = [
  { how: 'succeeds', bring: exits(0), living: ['service', 'child', 'apart'] },
  { how: 'fails', bring: exits(1), living: ['service', 'child', 'apart'] },
  { how: 'takes too long', fields: 'timeout: 3s', bring: ({ run }) => run.exitCode, living: ['service'] },
  {
    how: 'prints nothing for too long',
    fields: 'idle_timeout: 3s',
    bring: ({ run }) => run.exitCode,
    living: ['service'],
  },
  { how: 'is ended by fail_fast', siblingExits: 1, bring: ({ run }) => run.exitCode, living: ['service'] },
  {
    how: 'is stopped by Ctrl-C',
    bring: ({ run }) => {
      run.signal('SIGINT');
      return run.exitCode;
    },
    living: ['service'],
  },
  {
    how: 'was running when Savepoint was killed, at the next start',
    bring: async ({ rig, run }) => {
      await run.killHard();
      rig.resume();
      return await rig.puppet('main').nextInvocation();
    },
    living: ['service'],
  },
];

// At the same time, since most of it is waiting.
describe.concurrent('who lives once a step', () => {
  test.each(ENDINGS)('$how', async ({ fields = '', siblingExits = 0, bring, living }) => {
    await using rig = await newRig({ 'savepoint.yml': pipelineWith(fields) });
    const run = rig.run();
    const start = (name: string): Promise<Invocation> => rig.puppet(name).nextInvocation();
    const [sibling, main, ...others] = await Promise.all(['sibling', 'main', 'child', 'apart', 'service'].map(start));
    if (sibling === undefined || main === undefined) throw new Error('never');
    const [child, apart, service] = others;
    for (const stubborn of [child, apart]) await stubborn?.ignoreSignal('SIGTERM');
    sibling.exit(siblingExits);
    await bring({ rig, run, main });
    const pids = { service, main, child, apart };
    expect(PROCESSES.filter((name) => isAlive(pids[name]?.pid ?? 0))).toEqual(living);
  });
});
