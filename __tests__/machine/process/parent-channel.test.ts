import { expect, test } from 'vitest';
import { openChild } from '../../../src/machine/process/child-channel.js';
import { isAlive } from '../../rig/is-alive.js';
import { FROM_SOURCE } from '../../github/store-rig.js';
import { startSource } from '../source-child.js';
import { newTempFolder, valueOf } from '../temp-folder.js';
import { until } from '../until.js';

test('a program without a channel to its parent says so', async () => {
  const { output } = startSource(`
    import { openParentChannel } from 'src/machine/process/parent-channel.js';
    console.log(JSON.stringify(openParentChannel(() => {})));`);
  expect(JSON.parse(await output)).toEqual({ ok: false, error: 'this program is started by Savepoint itself' });
});

test('a child answers on the channel, and ends with all it has started when the channel closes', async () => {
  using folder = newTempFolder();
  const source = new URL('../../../src/machine/process/parent-channel.ts', import.meta.url).href;
  const script = folder.write(
    'child.mjs',
    `import { spawn } from 'node:child_process';
     import { openParentChannel } from ${JSON.stringify(source)};
     const channel = openParentChannel((message) => channel.value.send({ echo: message }));
     channel.value.send({ pid: spawn('sleep', ['1000'], { stdio: 'ignore' }).pid });`,
  );
  const middle = folder.write(
    'middle.mjs',
    `import { fork } from 'node:child_process';
     const child = fork(${JSON.stringify(script)}, { detached: true, execArgv: ${JSON.stringify(FROM_SOURCE.slice(1, -1))} });
     child.on('message', (message) => process.send(message));
     child.send('hello');`,
  );
  const messages: unknown[] = [];
  const program = { argv: [process.execPath, middle], env: { PATH: process.env['PATH'] ?? '' }, cwd: folder.path };
  const events = { onMessage: (message: unknown) => messages.push(message), onEnded: () => {} };
  const channel = valueOf(openChild(program, events));
  await until(() => messages.length === 2);
  expect(messages).toContainEqual({ echo: 'hello' });
  const { pid } = messages.find((message) => Object.hasOwn(message as object, 'pid')) as { pid: number };
  expect(isAlive(pid)).toBe(true);
  channel.kill(); // The one in the middle; the child is in a group of its own.
  await until(() => !isAlive(pid));
});
