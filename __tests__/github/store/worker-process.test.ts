import { expect, test } from 'vitest';
import { startSource } from '../../machine/source-child.js';

test('a call is answered by its handler, after what was heard on the way', async () => {
  const { output } = startSource(`
    import { writeSync } from 'node:fs';
    import { serveCalls } from 'src/github/store/worker-process.js';
    const handlers = {
      find: async (given, listen) => {
        const { words } = await listen(async () => {
          process.stdout.write('::add-mask::sig\\n');
          console.log('Received 4194304 of 104857600 (4.0%), 4.0 MBs/sec');
          console.log('Attempt 1 of 5 failed with error: Failed request: (500) Internal Server Error');
        });
        return { ok: true, value: { given, words: words.length } };
      },
      listRecords: async (given, listen) => {
        await listen(async () => console.log('Failed request: (502) Bad Gateway'));
        return { ok: true, value: [] };
      },
    };
    const serve = serveCalls(handlers, (message) => writeSync(1, JSON.stringify(message) + '\\n'));
    await serve('none of ours');
    await serve({ kind: 'call', id: 1, call: 'find', given: 'a' });
    await serve({ kind: 'call', id: 2, call: 'listRecords' });`);
  const messages = (await output)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(messages).toEqual([
    { kind: 'mask', value: 'sig' },
    { kind: 'size', id: 1, bytes: 104857600 },
    { kind: 'trouble', id: 1, message: 'the cache service answered with HTTP status 500' },
    { kind: 'answer', id: 1, result: { ok: true, value: { given: 'a', words: 2 } } },
    { kind: 'trouble', id: 2, message: 'the artifact service answered with HTTP status 502' },
    { kind: 'answer', id: 2, result: { ok: true, value: [] } },
  ]);
});
