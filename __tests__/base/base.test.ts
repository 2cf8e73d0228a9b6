import { describe, expect, test } from 'vitest';
import { invariant, never } from '../../src/base/assert.js';
import { cutMiddle, cutText } from '../../src/base/cut-text.js';
import { formatDuration, parseDuration } from '../../src/base/duration.js';
import { newSha256, sha256, shortDigest } from '../../src/base/hash.js';
import { type Result, err, ok } from '../../src/base/result.js';
import { formatSize, parseSize } from '../../src/base/size.js';
import { isPlainObject, stableJson } from '../../src/base/stable-json.js';
import { didYouMean, suggest } from '../../src/base/suggest.js';

describe('assert', () => {
  test('reaching what the types rule out is an error that shows the value', () => {
    const reach = never as (value: unknown) => never;
    expect(() => reach({ kind: 'new' })).toThrow('unexpected value: {"kind":"new"}');
  });

  test('an invariant that holds says nothing, one that does not throws its message', () => {
    expect(() => invariant(true, 'fine')).not.toThrow();
    expect(() => invariant(undefined, 'a run has started')).toThrow('invariant broken: a run has started');
  });
});

describe('cut text', () => {
  test.each([
    ['', ''],
    ['abcd', 'abcd'],
    ['abcde', 'abc…'],
    ['😀😀😀😀', '😀😀😀😀'],
    ['😀😀😀😀😀', '😀😀😀…'],
    ['ab😀😀😀', 'ab😀…'],
    ['x'.repeat(1_000_000), 'xxx…'],
  ])('a text is cut to four characters: %s', (text, cut) => {
    expect(cutText(text, 4)).toBe(cut);
  });

  test.each([
    ['', ''],
    ['abcdefg', 'abcdefg'],
    ['abcdefgh', 'ab…efgh'],
    ['src/long/a.ts', 'sr…a.ts'],
    ['😀😀😀😀😀😀😀', '😀😀😀😀😀😀😀'],
    ['😀😀😀😀ab😀😀', '😀😀…ab😀😀'],
    ['x'.repeat(1_000_000), 'xx…xxxx'],
  ])('a text is cut to seven characters in its middle: %s', (text, cut) => {
    expect(cutMiddle(text, 7)).toBe(cut);
  });
});

describe('duration', () => {
  describe('a duration in a file', () => {
    test.each([
      ['0ms', 0],
      ['250ms', 250],
      ['90s', 90_000],
      ['5m', 300_000],
      ['2h', 7_200_000],
      ['7d', 604_800_000],
    ])('%s is %d ms', (text, ms) => {
      expect(parseDuration(text)).toBe(ms);
    });

    test.each(['', '5', 's', '1.5s', '-1s', '5 s', '5S', '1h30m', '5s\n', '9007199254740993ms', '999999999999d'])(
      '%j is none',
      (text) => {
        expect(parseDuration(text)).toBeUndefined();
      },
    );
  });

  describe('a length of time for people', () => {
    test.each([
      [0, '0.0s'],
      [340, '0.3s'],
      [12_400, '12.4s'],
      [59_949, '59.9s'],
      [59_950, '1m 00s'],
      [185_000, '3m 05s'],
      [3_599_400, '59m 59s'],
      [3_599_500, '1h 00m'],
      [7_620_000, '2h 07m'],
    ])('%d ms is %s', (ms, text) => {
      expect(formatDuration(ms)).toBe(text);
    });
  });
});

describe('hash', () => {
  // FIPS 180-2, appendix B.1.
  const OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

  test('a text is hashed as UTF-8, like its bytes', () => {
    expect(sha256('abc')).toBe(OF_ABC);
    expect(sha256(Buffer.from('abc'))).toBe(OF_ABC);
    expect(sha256('é')).toBe(sha256(Buffer.from([0xc3, 0xa9])));
  });

  test('a short digest is the first half', () => {
    expect(shortDigest('abc')).toBe(OF_ABC.slice(0, 32));
  });

  test('content can be hashed in pieces', () => {
    const hash = newSha256();
    hash.update('a');
    hash.update(Buffer.from('bc'));
    expect(hash.digest().toString('hex')).toBe(OF_ABC);
  });
});

describe('result', () => {
  test('a result holds either a value or the reason there is none', () => {
    const half = (value: number): Result<number> => (value % 2 === 0 ? ok(value / 2) : err('it is odd'));
    expect(half(4)).toEqual({ ok: true, value: 2 });
    expect(half(3)).toEqual({ ok: false, error: 'it is odd' });
  });
});

describe('size', () => {
  test.each([
    ['0B', 0],
    ['1B', 1],
    ['64KiB', 65_536],
    ['500MiB', 524_288_000],
    ['1GiB', 1_073_741_824],
    ['007B', 7],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', '1', 'GiB', '1GB', '1gib', '1.5GiB', '-1B', '1 B', '1TiB', '1B\n', '9007199254740992B', '9999999GiB'])(
    '"%s" is no size',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );

  test.each([
    [0, '0B'],
    [1, '1B'],
    [1023, '1023B'],
    [1024, '1KiB'],
    [1536, '1.5KiB'],
    [1000 * 1024, '1000KiB'],
    [12_698, '12.4KiB'],
    [524_288_000, '500MiB'],
    [1024 ** 2 - 1, '1MiB'],
    [1024 ** 3, '1GiB'],
    [5000 * 1024 ** 3, '5000GiB'],
  ])('%i bytes are written as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

describe('stable json', () => {
  test('equal values give equal text, whatever the order of their keys', () => {
    expect(stableJson({ b: [{ y: 1, x: null }], a: 'é' })).toBe('{"a":"é","b":[{"x":null,"y":1}]}');
    expect(stableJson({ a: 'é', b: [{ x: null, y: 1 }] })).toBe(stableJson({ b: [{ y: 1, x: null }], a: 'é' }));
  });

  test('the order of a list counts', () => {
    expect(stableJson([1, 2])).not.toBe(stableJson([2, 1]));
  });

  test.each([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    ['text', false],
    [undefined, false],
  ])('%j is an object with keys: %j', (value, expected) => {
    expect(isPlainObject(value)).toBe(expected);
  });
});

describe('suggest', () => {
  const CANDIDATES = ['needs', 'name', 'workingDirectory', 'if'];

  test.each([
    ['neds', 'needs'],
    ['NEEDS', 'needs'],
    ['nmae', 'name'],
    ['working-directory', 'workingDirectory'],
    ['of', 'if'],
  ])('%s is taken for %s', (name, expected) => {
    expect(suggest(name, CANDIDATES)).toBe(expected);
  });

  test.each(['', 'banana', 'zz', 'n'.repeat(61)])('nothing is suggested for "%s"', (name) => {
    expect(suggest(name, CANDIDATES)).toBeUndefined();
  });

  test('of two candidates the closer one is suggested', () => {
    expect(suggest('stepss', ['stops', 'steps'])).toBe('steps');
  });

  test('a suggestion becomes the end of a message, and no suggestion leaves it alone', () => {
    expect(didYouMean('neds', CANDIDATES)).toBe(', did you mean "needs"?');
    expect(didYouMean('banana', CANDIDATES)).toBe('');
  });
});
