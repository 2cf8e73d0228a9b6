import { expect, test } from 'vitest';
import { createJobLog } from '../../../src/github/log/job-log.js';
import { newMemoryLog } from '../memory-log.js';

const newLog = () => {
  const out = newMemoryLog();
  return { ...createJobLog(out, 'tok'), text: out.text };
};
const enclosed = (line: string): string => `::stop-commands::tok\n${line}\n::tok::\n`;

test('lines of Savepoint begin on a new line', () => {
  const log = newLog();
  log.raw(Buffer.from('half'));
  log.command('endgroup', '');
  log.raw(Buffer.from('half'));
  log.line('text');
  expect(log.text()).toBe('half\n::endgroup::\nhalf\ntext\n');
});

test('output that would command our step is enclosed, also after a line that we broke', () => {
  const log = newLog();
  log.raw(Buffer.from('visible '));
  log.line('ours');
  log.raw(Buffer.from('::set-output name=a::b\n'));
  expect(log.text()).toBe(`visible \nours\n${enclosed('::set-output name=a::b')}`);
});

test('a text of ours that quotes a command is enclosed too', () => {
  const log = newLog();
  log.line('error: ##[save-state name=a]b');
  log.line('  ::set-env name=a::b');
  expect(log.text()).toBe(enclosed('error: ##[save-state name=a]b') + enclosed('  ::set-env name=a::b'));
});

test('commands of ours are obeyed although a step has stopped its own', () => {
  const log = newLog();
  log.raw(Buffer.from('::stop-commands::x\n'));
  log.command('add-mask', 'secret');
  log.raw(Buffer.from('::add-matcher::a\n'));
  log.nextStep();
  log.raw(Buffer.from('::add-matcher::b\n'));
  expect(log.text()).toBe(
    `${enclosed('::stop-commands::x')}::add-mask::secret\n${enclosed('::add-matcher::a')}::add-matcher::b\n`,
  );
});

test('what may become a command is written when the line is ended', () => {
  const log = newLog();
  log.raw(Buffer.from('::set-out'));
  expect(log.text()).toBe('');
  log.line('x');
  expect(log.text()).toBe('::set-out\nx\n');
});
