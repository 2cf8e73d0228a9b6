import { expect, test } from 'vitest';
import { openChild, type ChildChannel } from '../../../src/machine/process/child-channel.js';
import { processStartOf } from '../../../src/machine/process/process-table.js';
import { isAlive } from '../../rig/is-alive.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';
import { until } from '../until.js';

type Child = {
  readonly channel: ChildChannel;
  readonly messages: readonly unknown[];
  readonly ended: Promise<string>;
};

/** Runs JavaScript as a child. */
const open = (code: string, cwd = '/'): Child => {
  const messages: unknown[] = [];
  let end = (_how: string): void => {};
  const ended = new Promise<string>((resolve) => (end = resolve));
  const program = { argv: [process.execPath, '--eval', code], env: { ONLY: 'this' }, cwd };
  const channel = valueOf(openChild(program, { onMessage: (message) => messages.push(message), onEnded: end }));
  return { channel, messages, ended };
};

test('messages go to and fro in order, and the last ones come before the end', async () => {
  const { channel, messages, ended } = open(`process.on('message', (message) => {
    if (message.last) process.send({ last: true }, () => process.exit(3)); else process.send(message);
  })`);
  for (const number of [1, 2, 3]) channel.send({ number });
  channel.send({ last: true });
  expect(await ended).toBe('ended with exit code 3');
  expect(messages).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }, { last: true }]);
  channel.send({ late: true });
});

test('a child inherits only what is named, and is known by pid and start', async () => {
  using folder = newTempFolder();
  const { channel, messages } = open(
    `process.send([process.cwd(), process.env.ONLY, process.env.PATH ?? null]);
    process.on('message', () => {})`,
    folder.path,
  );
  await until(() => messages.length > 0);
  expect(messages).toEqual([[folder.path, 'this', null]]);
  expect(channel.group.processStart).toBe(processStartOf(channel.group.pid));
  channel.kill();
});

test('killing a child ends what it has started too', async () => {
  const { channel, messages, ended } = open(`const { spawn } = require('node:child_process');
    process.send(spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).pid);
    process.on('message', () => {})`);
  await until(() => messages.length > 0);
  channel.kill();
  expect(await ended).toBe('was ended by SIGKILL');
  await until(() => !isAlive(Number(messages[0])));
});

test.each([
  [`console.error('a\\nthe reason'); process.exit(70)`, 'ended with exit code 70: the reason'],
  [`throw new TypeError('what broke')`, 'ended with exit code 1: TypeError: what broke'],
  [
    `console.error('FATAL ERROR: heap limit\\n trace'); process.abort()`,
    'was ended by SIGABRT: FATAL ERROR: heap limit',
  ],
])('a child that dies says why in one line: %s', async (code, how) => {
  expect(await open(code).ended).toContain(how);
});

test('a program that cannot be started is an error', () => {
  const program = { argv: ['/nowhere/node'], env: {}, cwd: '/' };
  const events = { onMessage: () => {}, onEnded: () => {} };
  expect(errorOf(openChild(program, events))).toContain('cannot start "/nowhere/node"');
  expect(errorOf(openChild({ ...program, cwd: '/nowhere' }, events))).toContain('does not exist');
});
