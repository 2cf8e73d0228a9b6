import { expect, test } from 'vitest';
import { commands, group, parallel, pipeline, script } from '../../plan/pipeline-builder.js';
import { endingsOf, runEngine } from '../engine.js';

test('every kind of step runs', async () => {
  const file = pipeline([
    script('script'),
    commands('commands', ['one', 'two']),
    group('group', [script('a')]),
    parallel('parallel', [script('a'), script('b')]),
  ]);
  const engine = await runEngine(file);
  expect(engine.started).toEqual(['script', 'commands', 'commands', 'group/a', 'parallel/a', 'parallel/b']);
  expect(new Set(Object.values(endingsOf(engine.journal.events)))).toEqual(new Set(['succeeded']));
});
