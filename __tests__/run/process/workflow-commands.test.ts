import { describe, expect, test } from 'vitest';
import type { Annotation } from '../../../src/run/context/ports.js';
import {
  createCommandScanner,
  type CommandScanner,
  type CommandSwitch,
} from '../../../src/run/process/workflow-commands.js';
import { createRandom } from '../../rig/random.js';

type Heard = string | { readonly mask: string } | Annotation;

/** A scanner, and what it told, neighbouring texts joined. */
const listen = (commands: CommandSwitch = { stoppedBy: undefined }): { scanner: CommandScanner; heard: Heard[] } => {
  const heard: Heard[] = [];
  const text = (bytes: Buffer): void => {
    const last = heard.at(-1);
    if (typeof last === 'string') heard[heard.length - 1] = last + bytes.toString();
    else heard.push(bytes.toString());
  };
  const scanner = createCommandScanner(
    { text, mask: (mask) => void heard.push({ mask }), annotation: (annotation) => void heard.push(annotation) },
    commands,
  );
  return { scanner, heard };
};

const scan = (...chunks: readonly string[]): readonly Heard[] => {
  const { scanner, heard } = listen();
  for (const chunk of chunks) scanner.push(Buffer.from(chunk));
  scanner.end();
  return heard;
};

const message = (kind: Annotation['kind'], text: string): Annotation => ({ kind, message: text, properties: {} });

describe('commands', () => {
  test('are told in their place in the output', () => {
    expect(scan('before\n::warning::careful\nafter\n')).toEqual(['before\n', message('warning', 'careful'), 'after\n']);
  });

  test.each(['error', 'warning', 'notice', 'debug', 'group', 'endgroup'] as const)('of kind %s are shown', (kind) => {
    expect(scan(`::${kind}::text\n`)).toEqual([message(kind, 'text')]);
  });

  test('are known whatever their case and after blanks', () => {
    expect(scan(' \t::Error::text\n')).toEqual([message('error', 'text')]);
  });

  test('have properties, of which those GitHub documents get its spelling', () => {
    expect(scan('::error file=a%2Cb.ts,LINE=3,endline=4,x=y=z,empty=,=1::text\n')).toEqual([
      { kind: 'error', message: 'text', properties: { file: 'a,b.ts', line: '3', endLine: '4', x: 'y=z' } },
    ]);
  });

  test('may name a property like something every object has', () => {
    const [annotation] = scan('::error __proto__=1,constructor=2::text\n');
    expect(JSON.stringify(annotation)).toContain('"__proto__":"1","constructor":"2"');
  });

  test('are unescaped: data for %, CR, LF; properties for : and , as well', () => {
    expect(scan('::error title=50%25%3A %2C%0A::100%25%0Atwo%0D%3A%2C %253A\n')).toEqual([
      { kind: 'error', message: '100%\ntwo\r%3A%2C %3A', properties: { title: '50%: ,\n' } },
    ]);
  });

  test('keep further colons in their data', () => {
    expect(scan('::error::a::b::c\n')).toEqual([message('error', 'a::b::c')]);
  });

  test.each(['\n', '\r\n', '\r', ''])('end at line end %j', (lineEnd) => {
    expect(scan(`::error::text${lineEnd}`)).toEqual([message('error', 'text')]);
  });

  test('begin after a carriage return too', () => {
    expect(scan('50%\r::error::text\r100%\n')).toEqual(['50%\r', message('error', 'text'), '100%\n']);
  });

  test('name secrets, and their lines are given to nobody', () => {
    expect(scan('a\n::add-mask::two%0Alines\nb\n')).toEqual(['a\n', { mask: 'two\nlines' }, 'b\n']);
  });
});

describe('no commands', () => {
  test.each([
    ['amid a line', 'x ::error::text\n'],
    ['without their end', '::error text\n'],
    ['of unknown name', '::fatal::text\n'],
    ['without a name', ':: ::text\n::::\n'],
    ['that GitHub deprecated', '::set-output name=a::1\n::save-state name=a::1\n::set-env name=a::1\n::add-path::/a\n'],
    ['after an escape sequence', '\u001b[1m::error::text\n'],
  ])('are lines %s', (_what, output) => {
    expect(scan(output)).toEqual([output]);
  });

  test('are lines longer than 256 KiB, in one piece or several', () => {
    const line = `::error::${'x'.repeat(256 * 1024)}\n`;
    expect(scan(line)).toEqual([line]);
    expect(scan(line.slice(0, 100), line.slice(100, -1), '::error::y\n')).toEqual([`${line.slice(0, -1)}::error::y\n`]);
  });
});

test('a line that has grown too long to be a command waits no longer', () => {
  const { scanner, heard } = listen();
  scanner.push(Buffer.from(`::error::${'x'.repeat(200 * 1024)}`));
  expect(heard).toEqual([]);
  scanner.push(Buffer.from('x'.repeat(100 * 1024)));
  expect(heard).toEqual([`::error::${'x'.repeat(300 * 1024)}`]);
});

describe('stopping', () => {
  test('lasts until its token, and all of it is text', () => {
    const stopped = '::stop-commands::Tok-1\n::error::text\n::add-mask::x\n::other::\n::tok-1::\n';
    expect(scan(`${stopped}::error::again\n`)).toEqual([stopped, message('error', 'again')]);
  });

  test('is for all streams that share a switch', () => {
    const commands: CommandSwitch = { stoppedBy: undefined };
    const [one, other] = [listen(commands), listen(commands)];
    one.scanner.push(Buffer.from('::stop-commands::token\n'));
    other.scanner.push(Buffer.from('::error::text\n'));
    one.scanner.push(Buffer.from('::token::\n'));
    other.scanner.push(Buffer.from('::error::again\n'));
    expect(other.heard).toEqual(['::error::text\n', message('error', 'again')]);
  });

  test.each(['', 'error', 'Stop-Commands'])('needs a token other than "%s"', (token) => {
    expect(scan(`::stop-commands::${token}\n::error::text\n`)).toEqual([
      `::stop-commands::${token}\n`,
      message('error', 'text'),
    ]);
  });
});

describe('chunks', () => {
  test('without a command are passed on themselves', () => {
    const passed: Buffer[] = [];
    const chunk = Buffer.from('a std::vector\n and more');
    const handlers = { text: (bytes: Buffer) => void passed.push(bytes), mask: () => {}, annotation: () => {} };
    createCommandScanner(handlers, { stoppedBy: undefined }).push(chunk);
    expect(passed).toHaveLength(1);
    expect(passed[0]).toBe(chunk);
  });

  test.each(['Name? ', 'x:', ':: Proceed? ', '::std::', '::err ', 'time: 12'])(
    'that end in "%s" do not wait',
    (prompt) => {
      const { scanner, heard } = listen();
      scanner.push(Buffer.from(`line\n${prompt}`));
      expect(heard).toEqual([`line\n${prompt}`]);
    },
  );

  test.each([' ', ':', ' ::', '::add-m', '::error:', '::error file=a', '::error::text', '::error::text\r'])(
    'that end in "%s" wait with it, until the end at most',
    (open) => {
      const { scanner, heard } = listen();
      scanner.push(Buffer.from(`line\n${open}`));
      expect(heard).toEqual(['line\n']);
      scanner.end();
      expect(heard.slice(1)).toEqual(open.startsWith('::error::') ? [message('error', 'text')] : []);
      expect(heard[0]).toBe(open.startsWith('::error::') ? 'line\n' : `line\n${open}`);
    },
  );

  test('that wait are copied: the chunk may be used again', () => {
    const { scanner, heard } = listen();
    const chunk = Buffer.from('::error::te');
    scanner.push(chunk);
    chunk.fill('x');
    scanner.push(Buffer.from('xt\n'));
    expect(heard).toEqual([message('error', 'text')]);
  });

  test('may be cut anywhere', () => {
    const random = createRandom(17);
    const pieces = [
      '::error::',
      '::add-mask::',
      '::stop-commands::t',
      '::t::',
      '\n',
      '\r',
      '\r\n',
      ' ',
      ':',
      'x',
      '::',
      'é',
    ];
    for (let round = 0; round < 3000; round++) {
      const output = Array.from({ length: random.below(12) }, () => pieces[random.below(pieces.length)]).join('');
      const { scanner, heard } = listen();
      for (const chunk of random.chunks(Buffer.from(output), 1 + random.below(9))) scanner.push(Buffer.from(chunk));
      scanner.end();
      expect(joined(heard), JSON.stringify(output)).toEqual(joined(scan(output)));
    }
  });
});

/** With characters cut in two left out, which texts cannot show. */
const joined = (heard: readonly Heard[]): readonly Heard[] =>
  heard.map((one) => (typeof one === 'string' ? one.replace(/[é\ufffd]+/g, '') : one)).filter((one) => one !== '');
