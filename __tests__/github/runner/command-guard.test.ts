import { describe, expect, test } from 'vitest';
import { createCommandGuard } from '../../../src/github/runner/command-guard.js';
import { createRandom } from '../../rig/random.js';

const TOKEN = 'token-1';

const guardChunks = (chunks: readonly (string | Buffer)[], encoding: BufferEncoding = 'utf8'): string => {
  const guard = createCommandGuard(TOKEN);
  const passed = chunks.map((chunk) => Buffer.from(guard.take(Buffer.from(chunk))));
  return Buffer.concat([...passed, guard.flush()]).toString(encoding);
};
const guardText = (...chunks: readonly string[]): string => guardChunks(chunks);
const enclosed = (line: string): string => `::stop-commands::${TOKEN}\n${line}\n::${TOKEN}::\n`;

describe('a line', () => {
  test.each([
    '::set-output name=a::b',
    '::save-state name=a::b',
    '::set-env name=A::b',
    '::add-path::/tmp',
    '  \t::set-output name=a::b',
    '\u00a0\u2003::set-output name=a::b',
    '::SET-output name=a::b',
    '##[set-output name=a]b',
    'text before ##[Save-State name=a]b',
    '##[error]bad',
    'text before ##[Warning file=a.ts]bad',
    '::unknown::##[set-output name=a]b',
    '##[unknown]##[set-env name=a]b',
  ])('that would command our step is enclosed: %j', (line) => {
    expect(guardText(`before\n${line}\nafter\n`)).toBe(`before\n${enclosed(line)}after\n`);
  });

  test.each([
    '::add-matcher::m.json',
    '::set-outputs name=a::b',
    'echo "::set-output name=a::b"',
    'a::set-output name=a::b',
    '##[errors]bad',
    '##[section]Start ## and # and #[',
    'std::vector<int>::iterator',
    '::',
    ':',
    '',
  ])('that would not passes as it is: %j', (line) => {
    expect(guardText(`before\n${line}\nafter\n`)).toBe(`before\n${line}\nafter\n`);
  });

  test.each(['\n', '\r\n', '\r'])('ends at %j', (lineEnd) => {
    const given = `50%${lineEnd}::set-output name=a::b${lineEnd}100%${lineEnd}`;
    expect(guardText(given)).toBe(`50%${lineEnd}${enclosed('::set-output name=a::b')}100%${lineEnd}`);
  });

  test('without an end is enclosed when nothing more comes', () => {
    expect(guardText('::set-output name=a::b')).toBe(enclosed('::set-output name=a::b'));
  });

  test('whose beginning has been shown already is broken', () => {
    expect(guardText('shown ', '##[set-output name=a]b\n')).toBe(`shown \n${enclosed('##[set-output name=a]b')}`);
    expect(guardText('  ', '::set-output name=a::b\n')).toBe(`  \n${enclosed('::set-output name=a::b')}`);
  });

  test('that is very long is broken, and what follows is looked at again', () => {
    const long = `::set-output name=a::${'x'.repeat(20_000)}`;
    const passed = guardText(long, '\n::save-state name=a::b\n');
    expect(passed).toBe(`${enclosed(long)}\n${enclosed('::save-state name=a::b')}`);
  });
});

test('only what may become a command waits', () => {
  const guard = createCommandGuard(TOKEN);
  expect(guard.take(Buffer.from('progress 50%')).toString()).toBe('progress 50%');
  expect(guard.take(Buffer.from(' ::set-output\n::se')).toString()).toBe(' ::set-output\n');
  expect(guard.take(Buffer.from('ction::x')).toString()).toBe('::section::x');
});

test('output without marks is passed without a copy', () => {
  const guard = createCommandGuard(TOKEN);
  const chunk = Buffer.from('plain\noutput\n');
  expect(guard.take(chunk).buffer).toBe(chunk.buffer);
});

test('bytes that are not text come through unchanged', () => {
  const bytes = Buffer.from([0xff, 0x3a, 0x3a, 0xfe, 0x0a, 0x00, 0x80]);
  const guard = createCommandGuard(TOKEN);
  expect(Buffer.concat([guard.take(bytes), guard.flush()])).toEqual(bytes);
});

describe('a step that stops commands', () => {
  test('stops its own only, until its token', () => {
    const lines = ['::stop-commands::Mine', '::error::x', 'text ##[warning]y', '::mine::', '::error::z'];
    expect(guardText(`${lines.join('\n')}\n`)).toBe(
      [
        enclosed('::stop-commands::Mine'),
        enclosed('::error::x'),
        enclosed('text ##[warning]y'),
        '::mine::\n::error::z\n',
      ].join(''),
    );
  });

  test('may do so in the old form', () => {
    expect(guardText('##[stop-commands]t\n::add-matcher::a\n##[t]\n::add-matcher::b\n')).toBe(
      `${enclosed('##[stop-commands]t')}${enclosed('::add-matcher::a')}##[t]\n::add-matcher::b\n`,
    );
  });

  test('cannot with a token that the runner refuses', () => {
    expect(guardText('::stop-commands::error\n::error::x\n')).toBe(`${enclosed('::stop-commands::error')}::error::x\n`);
  });

  test('leaves the next step alone', () => {
    const guard = createCommandGuard(TOKEN);
    guard.take(Buffer.from('::stop-commands::mine\n'));
    guard.restart();
    expect(guard.take(Buffer.from('::error::x\n')).toString()).toBe('::error::x\n');
  });
});

test('wherever chunks end, the runner obeys nothing of ours that was not enclosed', () => {
  const random = createRandom(7);
  const pieces = ['::', '##[', 'set-output', ' name=a', ']', '::', 'v', '\n', '\r', ' ', '#', ':', 'text', '\u00a0'];
  for (let round = 0; round < 400; round++) {
    const text = Array.from({ length: 30 }, () => pieces[random.below(pieces.length)] ?? '').join('');
    const chunks = random.chunks(Buffer.from(text), 6);
    // Byte by byte, because a split line may separate the bytes of a character.
    const passed = guardChunks(chunks, 'latin1');
    expect(obeyed(passed), JSON.stringify(text)).toEqual([]);
    expect(withoutBreaks(unfenced(passed))).toBe(withoutBreaks(Buffer.from(text).toString('latin1')));
  }
});

/** Lines that the runner would execute as `set-output`, by its own rules. */
const obeyed = (text: string): readonly string[] => {
  let isStopped = false;
  return text.split(/\r\n|\r|\n/).filter((line) => {
    if (line === `::stop-commands::${TOKEN}`) isStopped = true;
    if (line === `::${TOKEN}::`) isStopped = false;
    return (
      !isStopped && (/^\s*::set-output( .*?)?::/.test(line) || /^(?:(?!##\[).)*##\[set-output( .*?)?\]/.test(line))
    );
  });
};
const unfenced = (text: string): string =>
  text.replaceAll(`::stop-commands::${TOKEN}\n`, '').replaceAll(`::${TOKEN}::\n`, '');
const withoutBreaks = (text: string): string => text.replaceAll(/[\r\n]/g, '');
