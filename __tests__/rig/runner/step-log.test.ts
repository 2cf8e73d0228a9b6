import { expect, test } from 'vitest';
import { groupsOf } from './log-groups.js';
import { createMasks } from './masks.js';
import { StepLog } from './step-log.js';

const logOf = (lines: readonly string[], debug = false): StepLog => {
  const log = new StepLog({ masks: createMasks(['known secret']), debug });
  for (const line of lines) log.take(line);
  return log;
};

test('annotations are kept with their properties and shown in the log', () => {
  const log = logOf(['::error file=src/a.ts,line=3::wrong', '::notice::for your information']);
  expect(log.annotations).toEqual([
    { kind: 'error', message: 'wrong', properties: { file: 'src/a.ts', line: '3' } },
    { kind: 'notice', message: 'for your information', properties: {} },
  ]);
  expect(log.text()).toBe('##[error]wrong\n##[notice]for your information\n');
});

test('only the first ten annotations of a kind are kept, though all are shown', () => {
  const log = logOf(Array.from({ length: 12 }, (_, index) => `::warning::number ${index}`).concat('::error::wrong'));
  expect(log.annotations.map(({ message }) => message)).toEqual([
    ...Array.from({ length: 10 }, (_, index) => `number ${index}`),
    'wrong',
  ]);
  expect(log.text()).toContain('##[warning]number 11');
});

test('a long message is shortened', () => {
  expect(logOf([`::error::${'x'.repeat(5000)}`]).annotations[0]?.message).toHaveLength(4096);
});

test('secrets are hidden, new ones from the moment they are declared', () => {
  const log = logOf(['new secret', '::add-mask::new secret', 'new secret and known secret', '::error::a new secret']);
  expect(log.text()).toBe('new secret\n*** and ***\n##[error]a ***\n');
  expect(log.annotations[0]?.message).toBe('a ***');
});

test('each line of a secret is hidden too', () => {
  expect(logOf(['::add-mask::first%0A second', 'first', 'second']).text()).toBe('***\n***\n');
});

test('stopped commands are text until the token comes', () => {
  const log = logOf([
    '::stop-commands::token-1234',
    '::save-state name=a::1',
    'x ##[save-state name=b]2',
    '::token-12::',
    '::token-1234::',
    '::save-state name=c::3',
  ]);
  expect(Object.fromEntries(log.state)).toEqual({ c: '3' });
  expect(log.text()).toContain('::save-state name=a::1\n');
  expect(log.text()).not.toContain('token-1234');
});

test('a token that is a command stops nothing and fails the step', () => {
  const log = logOf(['::stop-commands::error', '::save-state name=a::1']);
  expect(Object.fromEntries(log.state)).toEqual({ a: '1' });
  expect(log.hasFailed).toBe(true);
});

test('outputs and state can be set by commands, variables and paths cannot', () => {
  const log = logOf(['::set-output name=a::1', 'in ##[save-state name=b]2']);
  expect([Object.fromEntries(log.outputs), Object.fromEntries(log.state), log.hasFailed]).toEqual([
    { a: '1' },
    { b: '2' },
    false,
  ]);
  const refused = logOf(['::set-env name=A::1']);
  expect(refused.annotations).toHaveLength(2);
  expect(refused.hasFailed).toBe(true);
  expect(logOf(['::add-path::/bin']).hasFailed).toBe(true);
  expect(logOf(['::set-output::1']).hasFailed).toBe(true);
});

test('debug lines are shown only when asked for', () => {
  expect(logOf(['::debug::detail']).text()).toBe('');
  expect(logOf(['::debug::detail'], true).text()).toBe('##[debug]detail\n');
});

test('groups do not nest', () => {
  const log = logOf(['::group::a', 'one', '::group::b', 'two', '::endgroup::', 'outside']);
  expect(groupsOf(log.text())).toEqual([
    { title: 'a', lines: ['one'] },
    { title: 'b', lines: ['two'] },
  ]);
});

test('commands are repeated while that is switched on, but for silent ones', () => {
  const log = logOf(['::echo::on', '::save-state name=a::1', '::error::wrong', '::echo::off', '::group::a']);
  expect(log.text()).toBe('::save-state name=a::1\n##[error]wrong\n::echo::off\n##[group]a\n');
  expect(logOf(['::echo::maybe']).hasFailed).toBe(true);
});

test('one can wait for a line, and the wait fails when it will not come', async () => {
  const log = logOf(['early']);
  await log.untilShown('early');
  const [soon, never] = [log.untilShown('soon'), log.untilShown('never')];
  log.take('it comes soon');
  await soon;
  log.close();
  await expect(never).rejects.toThrow('without showing "never"');
});
