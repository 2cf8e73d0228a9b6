import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFifoPool } from '../../../src/machine/process/fifo-pool.js';
import { openOutputPipe } from '../../../src/machine/process/output-pipe.js';

const openPipes = (): number => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;

test.each(['named pipes', 'socket pairs'])(
  'output that was let go of does not keep this program alive (%s)',
  (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'savepoint-test-'));
    const pool = createFifoPool(kind === 'named pipes' ? folder : join(folder, 'missing'));
    const pipe = openOutputPipe(pool, true);
    const before = openPipes();
    const child = spawn('sleep', ['600'], { stdio: ['ignore', ...pipe.childEnds] });
    const delivery = pipe.deliver(child, () => undefined);
    expect(openPipes()).toBe(before + 2);
    delivery.detach();
    expect(openPipes()).toBe(before);
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  },
);
