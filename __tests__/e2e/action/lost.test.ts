import { expect, test } from 'vitest';
import { held, leaf, openTrail, startAndPass, untilHanging, UPLOADS_AT_ONCE } from './endings.js';
import { untilSaved } from './scenes.js';
import { LONG } from '../../rig/scale.js';

test('a job whose machine is lost continues after the last upload, and says what may be lost', async () => {
  await using scene = await openTrail([leaf('one'), held('two'), held('three')], { head: UPLOADS_AT_ONCE });
  const { step } = await startAndPass(scene);
  await untilSaved(scene.github, 1);
  scene.github.fault({ on: 'save', kind: 'hang' });
  (await scene.puppet('two').nextInvocation()).exit(0);
  await scene.puppet('three').nextInvocation();
  await step.machineLost();
  scene.github.heal();
  const { step: second } = await scene.goOn(['two', 'three']);
  expect(second.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
  expect(scene.trail()).toEqual(['one@1', 'two@1', 'three@1', 'two@2', 'three@2']);
  expect(second.log).toMatch(/restored the workspace of attempt 1 as of \d{4}-\d\d-\d\d [\d:]+ UTC/);
  expect(second.log).toMatch(/attempt 1 was interrupted; up to \d+ steps? finished after its last checkpoint/);
});

test('a job whose machine is lost before any upload starts fresh and says so', LONG, async () => {
  await using scene = await openTrail([leaf('one'), held('two')]);
  const { step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await step.machineLost();
  const { step: second } = await scene.goOn(['two']);
  expect(second.log).toContain('no checkpoint of an earlier attempt was found; this attempt starts fresh');
  expect(second.outputs).toMatchObject({ outcome: 'succeeded', resumed: 'false' });
  expect(scene.trail()).toEqual(['one@1', 'two@1', 'one@2', 'two@2']);
});

test('a job whose machine is lost during an upload continues after the one before', LONG, async () => {
  await using scene = await openTrail([leaf('one'), held('two'), held('three')], { head: UPLOADS_AT_ONCE });
  const { step } = await startAndPass(scene);
  await untilSaved(scene.github, 1);
  scene.github.fault({ on: 'save', kind: 'blob-hang' });
  (await scene.puppet('two').nextInvocation()).exit(0);
  await scene.puppet('three').nextInvocation();
  await untilHanging(scene.github, 'blob', 'PUT');
  await step.machineLost();
  scene.github.heal();
  const { step: second } = await scene.goOn(['two', 'three']);
  expect(second.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
  expect(scene.trail()).toEqual(['one@1', 'two@1', 'three@1', 'two@2', 'three@2']);
});
