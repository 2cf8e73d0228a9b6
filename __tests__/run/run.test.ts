import { describe, expect, test } from 'vitest';
import { slotsFor } from '../../src/run/host.js';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { valueOf } from '../machine/temp-folder.js';
import { branch, call, fallbacks, fanOut, loop, pipeline, script } from '../plan/pipeline-builder.js';
import { killedIn, runLate } from './late.js';

describe('host', () => {
  test.each([
    {
      what: 'the host says, whatever the file says',
      head: 'max_parallel: 1\n',
      maxParallel: 4,
      processors: 3,
      count: 4,
    },
    { what: 'the file says', head: 'max_parallel: 1\n', maxParallel: undefined, processors: 3, count: 1 },
    { what: 'there are processors', head: '', maxParallel: undefined, processors: 3, count: 3 },
    { what: 'two, where there is one processor', head: '', maxParallel: undefined, processors: 1, count: 2 },
  ])('as many processes run at a time as $what', async ({ head, count, ...host }) => {
    const bytes = Buffer.from(`${head}steps: [{run: "true"}]`);
    expect(slotsFor(valueOf(await readPipeline({ file: 'savepoint.yml', bytes })), host)).toBe(count);
  });
});

describe('recorded body', () => {
  describe('what fires late', () => {
    test('in a call has its inputs, and the env of its file', async () => {
      const env = { INPUT: '${{ inputs.x }}', CALLED: '${{ env.FROM_FILE }}' };
      const look = fallbacks({ on_abortion: [script('f', { env })] });
      const called = pipeline([script('d', { fallbacks: look })], {
        inputs: [{ name: 'x', type: 'string', required: false }],
        env: { FROM_FILE: '${{ inputs.x }}!' },
        fallbacks: look,
      });
      const inLoop = loop('l', { condition: '1 == 1', steps: [call('c', called, { with: { x: '${{ item }}' } })] });
      const inBranch = branch('b', { condition: '1 == 2', then: [script('t')], otherwise: [inLoop] });
      const file = pipeline([fanOut('each', { items: ['one', 'two'], body: [inBranch] })], { maxParallel: 4 });
      const innermost = 'each[1]/b/else/l[0]/c/d';
      const late = await runLate(file, await killedIn(file, innermost));
      expect(late.started).toEqual([`${innermost}/on_abortion/f`, 'each[1]/b/else/l[0]/c/@pipeline/on_abortion/f']);
      for (const step of late.started)
        expect(late.process(step).command.env).toMatchObject({ INPUT: 'two', CALLED: 'two!' });
      expect(late.display.warnings).toEqual([]);
    });

    test('of an item has that item', async () => {
      const look = fallbacks({ on_abortion: [script('f', { env: { ITEM: '${{ item }} ${{ index }}' } })] });
      const body = [script('a', { fallbacks: look })];
      const file = pipeline([fanOut('each', { items: ['one', 'two'], body })], { maxParallel: 4 });
      const late = await runLate(file, await killedIn(file, 'each[0]/a', 'each[1]/a'));
      expect(late.process('each[1]/a/on_abortion/f').command.env['ITEM']).toBe('two 1');
    });
  });
});
