import { expect, test } from 'vitest';
import { createOutputTail, type OutputTail } from '../../../src/run/process/output-tail.js';
import { createRandom } from '../../rig/random.js';

const tailOf = (limitBytes: number, ...chunks: readonly (string | Buffer)[]): OutputTail => {
  const tail = createOutputTail(limitBytes);
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  return tail;
};

test('all is kept up to the limit, the last bytes past it', () => {
  expect(tailOf(5).text()).toBe('');
  expect(tailOf(5, 'ab', 'cde').text()).toBe('abcde');
  expect(tailOf(5, 'ab', 'cde', 'f').text()).toBe('bcdef');
  expect(tailOf(5, 'ab', 'cdefghij').text()).toBe('fghij');
});

test('what is kept is a copy: the chunk may be used again', () => {
  const tail = createOutputTail(5);
  const chunk = Buffer.from('abc');
  tail.push(chunk);
  chunk.fill('x');
  expect(tail.text()).toBe('abc');
});

test('a cut never leaves part of a character', () => {
  expect(tailOf(4, 'xé€').text()).toBe('€');
  expect(tailOf(3, 'x😀').text()).toBe('');
  expect(tailOf(5, 'x😀a').text()).toBe('😀a');
});

test('bytes that are no UTF-8 become replacement characters, also at the start', () => {
  expect(tailOf(5, Buffer.from([0x80, 0x61, 0xff])).text()).toBe('\ufffda\ufffd');
});

test('lines begin with a whole one where the output was cut and end without blanks', () => {
  expect(tailOf(12, 'first line\nsecond\nthird\n\n').lines()).toBe('third');
  expect(tailOf(100, 'first line\nsecond\n').lines()).toBe('first line\nsecond');
  expect(tailOf(6, 'one long line\n').lines()).toBe('line');
});

test('any chunks leave the same end', () => {
  const random = createRandom(19);
  for (let round = 0; round < 1000; round++) {
    const written = random.text('abcdef', random.below(60));
    const limit = 1 + random.below(12);
    const tail = tailOf(limit, ...random.chunks(Buffer.from(written), 1 + random.below(20)));
    expect(tail.text()).toBe(written.slice(-limit));
  }
});
