import { expect, test } from 'vitest';
import { PLAIN } from '../../../src/report/text/paint.js';
import { createPrintingSteps } from '../../../src/report/step/printing-steps.js';

test('a step alone is not prefixed, concurrent steps are until each of them ends', () => {
  const steps = createPrintingSteps(PLAIN, false);
  expect(steps.start('a')).toBe(false);
  expect(steps.get('a')?.isPrefixed).toBe(false);
  expect(steps.start('b')).toBe(true);
  expect([...steps.all()].map(({ isPrefixed, prefix }) => [prefix, isPrefixed])).toEqual([
    ['a | ', true],
    ['b | ', true],
  ]);
  expect(steps.end('b')?.isPrefixed).toBe(true);
  expect(steps.get('b')).toBeUndefined();
  expect(steps.get('a')?.isPrefixed).toBe(true);
});

test('a step whose fallbacks run is not concurrent with them', () => {
  const steps = createPrintingSteps(PLAIN, false);
  steps.start('a');
  const owner = steps.get('a');
  if (owner !== undefined) owner.isPaused = true;
  expect(steps.start('a/on_started/x')).toBe(false);
  expect(owner?.isPrefixed).toBe(false);
});

test('last lines are kept where they are asked for', () => {
  const kept = createPrintingSteps(PLAIN, true);
  kept.start('a');
  kept.get('a')?.tail?.push(Buffer.from('one\ntwo\n'));
  expect(kept.end('a')?.tail?.lines()).toContain('two');
  const mustRerun = createPrintingSteps(PLAIN, false);
  mustRerun.start('a');
  expect(mustRerun.get('a')?.tail).toBeUndefined();
});

test('a step that never started has no end', () => {
  expect(createPrintingSteps(PLAIN, true).end('a')).toBeUndefined();
});
