import { describe, expect, test } from 'vitest';
import { newSteps } from '../job-rig.js';
import { newMemoryJobRig } from '../memory-job-rig.js';
import { partSeal } from '../../../src/github/checkpoint/part-seal.js';

describe('job checkpoints uploads', () => {
  test('uploads are recorded until the run has ended', async () => {
    await using rig = newMemoryJobRig();
    const steps = await newSteps(rig.start());
    steps.checkpoints.onUpload({ kind: 'saved', step: 'one', sequence: 3, bytes: 9 });
    steps.checkpoints.onUpload({ kind: 'nothing-new' });
    steps.checkpoints.onUpload({ kind: 'failed', message: 'no' });
    await steps.checkpoints.stop();
    steps.checkpoints.onUpload({ kind: 'saved', step: 'two', sequence: 4, bytes: 9 });
    expect(steps.recorded).toEqual([
      { type: 'checkpoint_saved', step: 'one', sequence: 3, bytes: 9 },
      { type: 'checkpoint_failed', step: '', error: 'no' },
    ]);
  });
});

describe('part seal', () => {
  const PARTS = { os: 'linux', arch: 'x64', runId: '7', leg: 'a', attempt: 2, sequence: 3, nonce: 'n' };

  test('a part is sealed for its context, with a passphrase only', () => {
    const context = { run: '7', leg: 'a', attempt: 2, sequence: 3 };
    expect(partSeal(PARTS, 'secret')).toEqual({ seal: { passphrase: 'secret', context } });
    expect(partSeal(PARTS, undefined)).toEqual({});
  });
});
