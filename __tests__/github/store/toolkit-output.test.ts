import { expect, test } from 'vitest';
import { startSource } from '../../machine/source-child.js';

/** Runs code with a `listenTo` in a process of its own; `say` tells the test, past the captured output. */
const run = async (code: string): Promise<unknown[]> => {
  const { output } = startSource(`
    import { writeSync } from 'node:fs';
    import { hearToolkit } from 'src/github/store/toolkit-output.js';
    const say = (value) => writeSync(1, JSON.stringify(value) + '\\n');
    const listenTo = hearToolkit((mask) => say({ mask }));
    ${code}`);
  const lines = (await output).split('\n').filter((line) => line !== '');
  return lines.map((line): unknown => JSON.parse(line));
};

test('words are kept with the call that said them, also when calls overlap', async () => {
  const said = await run(`
    const talk = (name) => async () => {
      process.stdout.write('::warning::' + name + ' first\\n');
      await new Promise((resolve) => setTimeout(resolve, 5));
      console.log(name + ' second');
      process.stderr.write(name + ' third\\n');
      return name;
    };
    const listen = listenTo(() => {});
    say(await Promise.all([listen(talk('a')), listen(talk('b'))]));`);
  expect(said).toEqual([
    ['a', 'b'].map((name) => ({
      outcome: { ok: true, value: name },
      words: [`${name} first`, `${name} second`, `${name} third`],
    })),
  ]);
});

test('values to mask are told at once and unescaped, and what debug lines hold is dropped unless it names a cause', async () => {
  const said = await run(`
    const heard = await listenTo((word) => say({ word }))(async () => {
      process.stdout.write('::add-mask::50%25 off\\n::debug::Body: {"url": "x"}\\n');
      process.stdout.write('::debug::Failed to reserve cache: Error: (409)\\n');
    });
    say(heard.words);`);
  expect(said).toEqual([
    { mask: '50% off' },
    { word: 'Failed to reserve cache: Error: (409)' },
    ['Failed to reserve cache: Error: (409)'],
  ]);
});

test('what is thrown is an outcome and the last word', async () => {
  const said = await run(`say(await listenTo(() => {})(async () => {
    console.log('on the way');
    throw new Error('no such thing');
  }));`);
  expect(said).toEqual([{ outcome: { ok: false, error: 'no such thing' }, words: ['on the way', 'no such thing'] }]);
});
