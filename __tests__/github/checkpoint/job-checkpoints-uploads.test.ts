import { expect, test } from 'vitest';
import { newSteps } from '../job-rig.js';
import { newMemoryJobRig } from '../memory-job-rig.js';

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
