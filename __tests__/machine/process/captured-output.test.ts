import { expect, test } from 'vitest';
import { startSource } from '../source-child.js';

test('prints go to the listener with the one they belong to, and nowhere else', async () => {
  const { output } = startSource(`
    import { writeSync } from 'node:fs';
    import { captureOutput } from 'src/machine/process/captured-output.js';
    const heard = [];
    const onBehalf = captureOutput((text, of) => heard.push([text, of ?? null]));
    console.log('nobody');
    await onBehalf('a', async () => {
      await null;
      process.stdout.write(Buffer.from('bytes'));
    });
    process.stderr.write('error', () => writeSync(1, JSON.stringify(heard)));`);
  expect(JSON.parse(await output)).toEqual([
    ['nobody\n', null],
    ['bytes', 'a'],
    ['error', null],
  ]);
});
