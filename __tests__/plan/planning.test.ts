import { expect, test } from 'vitest';
import { EMPTY_FRAME, withLayer } from '../../src/evaluate/export-frame.js';
import { viewOf } from '../../src/plan/planning.js';
import { listScope } from '../../src/evaluate/step-context.js';
import { pipeline, script } from './pipeline-builder.js';

test('while planning nothing upstream has failed, and the environment is that of the frame', () => {
  const { steps } = pipeline([script('a')]);
  const frame = withLayer(EMPTY_FRAME, { env: { A: '1' }, path: [] });
  const view = viewOf(listScope('', steps), frame, steps[0]);
  expect(view.status).toEqual({ success: true, failure: false });
  expect(view.env()).toEqual({ A: '1' });
  expect(view.step?.id).toBe('a');
  expect(viewOf(listScope('', steps), frame)).not.toHaveProperty('step');
});
