import { expect, test } from 'vitest';
import { connectWorker, type WorkerConnection } from '../../../src/github/store/worker-connection.js';
import { isAlive } from '../../rig/is-alive.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

const find = (prefix = 'a') => ({ call: 'find', given: prefix }) as const;

/** Connects to a worker process that does what the script says with each call. */
const connect = (folder: TempFolder, onCall: string, onMask: (value: string) => void = () => {}): WorkerConnection => {
  const script = folder.write(
    'store.cjs',
    `const answer = (id, result) => process.send({ kind: 'answer', id, result });
     process.on('disconnect', () => process.exit());
     process.on('message', ({ id, call, given }) => { ${onCall} });`,
  );
  return valueOf(connectWorker({ argv: [process.execPath, script], env: {}, cwd: folder.path }, onMask));
};

test('each answer goes to its call, whatever the order, and masks come first', async () => {
  using folder = newTempFolder();
  const told: string[] = [];
  const onCall = `if (given === 'second') {
      process.send({ kind: 'mask', value: 'm' });
      answer(id, { ok: true, value: given });
      answer(id - 1, { ok: true, value: 'first' });
    }`;
  const store = connect(folder, onCall, (value) => told.push(value));
  const first = store.ask(find('first'));
  const second = store.ask(find('second'));
  expect(valueOf(await second)).toBe('second');
  expect(told).toEqual(['m']);
  expect(valueOf(await first)).toBe('first');
  await store.end('over');
});

test('a process that dies answers all open calls with how it ended', async () => {
  using folder = newTempFolder();
  const store = connect(folder, `if (given === 'b') throw new RangeError('what broke')`);
  const calls = ['a', 'b'].map((prefix) => store.ask(find(prefix)));
  for (const answer of await Promise.all(calls)) {
    expect(errorOf(answer)).toEqual({
      kind: 'unavailable',
      isUnanswered: true,
      message: 'the worker process ended with exit code 1: RangeError: what broke',
    });
  }
  expect(store.isOver()).toBe(true);
});

test('a call that is late says what was the matter, as far as that is known', async () => {
  using folder = newTempFolder();
  const store = connect(
    folder,
    `process.send({ kind: 'trouble', id, message: 'it answers 500' });
    if (given === 'known') answer(id - 1, { ok: true, value: {} });`,
  );
  const other = store.ask(find());
  const late = store.ask(find('known'), 400);
  await other; // The trouble has come by then.
  expect(errorOf(await late).message).toBe('it answers 500 (tried for 0.4s)');
  expect(store.isOver()).toBe(true);
  await store.end('over');
  expect(isAlive(store.group.pid)).toBe(false);
});

test('a call has more time once it is known how much is downloaded for it', async () => {
  using folder = newTempFolder();
  const store = connect(
    folder,
    `if (given === 'start') return answer(id, { ok: true });
    process.send({ kind: 'size', id, bytes: 100e6 }); process.send({ kind: 'size', id, bytes: 1 });
    setTimeout(() => answer(id, { ok: true, value: {} }), 600);`,
  );
  valueOf(await store.ask(find('start'))); // The process runs.
  expect(valueOf(await store.ask(find(), 300))).toEqual({});
  await store.end('over');
});

test('messages that are none of ours are ignored', async () => {
  using folder = newTempFolder();
  const store = connect(
    folder,
    `process.send('hello'); process.send({ kind: 'other' });
    answer(99, { ok: true }); answer(id, { ok: true, value: {} });`,
  );
  expect(valueOf(await store.ask(find()))).toEqual({});
  await store.end('over');
});
