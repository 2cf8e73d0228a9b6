import { expect, test } from 'vitest';
import { createMasker, type Masker, type MaskStream } from '../../src/base/mask.js';
import { secretForms } from '../../src/base/secret-forms.js';
import { createRandom } from '../rig/random.js';

const maskerOf = (...secrets: readonly string[]): Masker => {
  const masker = createMasker();
  for (const secret of secrets) masker.add(secret);
  return masker;
};

/** The output of a stream after each chunk, and at the end. */
const shownBy = (stream: MaskStream, ...chunks: readonly string[]): readonly string[] => [
  ...chunks.map((chunk) => stream.push(Buffer.from(chunk)).toString()),
  stream.end().toString(),
];

test('a secret is hidden in a text, the rest stays', () => {
  expect(maskerOf('hunter2').text('login hunter2 ok')).toBe('login *** ok');
});

test('a masker without secrets hides nothing and says so', () => {
  const masker = maskerOf('', ' \n\t');
  expect(masker.isEmpty()).toBe(true);
  expect(masker.text('any \ud800 text')).toBe('any \ud800 text');
  expect(masker.holds('any text')).toBe(false);
  expect(maskerOf('x').isEmpty()).toBe(false);
});

test('a text holds a secret also when it is encoded', () => {
  const masker = maskerOf('correct horse');
  expect(masker.holds('a correct horse')).toBe(true);
  expect(masker.holds('a%20correct%20horse')).toBe(true);
  expect(masker.holds(Buffer.from('my correct horse').toString('base64'))).toBe(true);
  expect(masker.holds('a correct h')).toBe(false);
});

test('of two secrets the longer is hidden as one', () => {
  expect(maskerOf('secret', 'secret-and-more').text('secret-and-more, secret')).toBe('***, ***');
});

test('secrets that overlap leave nothing of either', () => {
  expect(maskerOf('abcdef', 'defghi').text('<abcdefghi>')).toBe('<***>');
});

test('without secrets a stream gives back the very chunk', () => {
  const chunk = Buffer.from('some output');
  expect(createMasker().stream().push(chunk)).toBe(chunk);
});

test('a chunk without a trace of a secret is given back itself', () => {
  const chunk = Buffer.from('some output');
  expect(maskerOf('hunter2').stream().push(chunk)).toBe(chunk);
});

test('a secret split over chunks is hidden', () => {
  expect(shownBy(maskerOf('hunter2').stream(), 'pw: hun', 'te', 'r2!')).toEqual(['pw: ', '', '***!', '']);
});

test('only an end that may begin a secret waits; a prompt is shown at once', () => {
  expect(shownBy(maskerOf('hunter2').stream(), 'Continue? ', 'Password, hu', 'h?')).toEqual([
    'Continue? ',
    'Password, ',
    'huh?',
    '',
  ]);
});

test('what waited is shown at the end', () => {
  expect(shownBy(maskerOf('hunter2').stream(), 'hunter')).toEqual(['', 'hunter']);
});

test('a secret that continues into another is hidden at once and whole', () => {
  const stream = maskerOf('abcdef', 'defghi').stream();
  expect(shownBy(stream, '<abcdef', 'gh', 'i>')).toEqual(['<***', '', '>', '']);
});

test('short secrets inside the end that waits do not show what a longer one hides', () => {
  const stream = maskerOf('0123ab-cd-', 'ab', 'cd', '3ab-cd-long').stream();
  expect(shownBy(stream, '<0123ab-cd-', 'x>').join('')).toBe('<***x>');
});

test('what waits is a copy: the chunk may be used again', () => {
  const stream = maskerOf('hunter2').stream();
  const chunk = Buffer.from('hun');
  stream.push(chunk);
  chunk.fill('x');
  expect(stream.push(Buffer.from('t!')).toString()).toBe('hunt!');
});

test('a secret added amid a stream is hidden from then on', () => {
  const masker = maskerOf('other');
  const stream = masker.stream();
  expect(stream.push(Buffer.from('late oth')).toString()).toBe('late ');
  masker.add('late');
  expect(stream.push(Buffer.from('late er')).toString()).toBe('oth*** er');
});

test('bytes that are not UTF-8 pass as they are', () => {
  const stream = maskerOf('key').stream();
  const bytes = Buffer.from([0xff, 0x6b, 0x65, 0x79, 0xfe, 0x00]);
  expect([...stream.push(bytes)]).toEqual([0xff, 0x2a, 0x2a, 0x2a, 0xfe, 0x00]);
});

test('what is shown never depends on how it was cut into chunks', () => {
  const random = createRandom(11);
  for (let round = 0; round < 3000; round++) {
    const secrets = Array.from({ length: 1 + random.below(4) }, () => random.text('ab', 1 + random.below(8)));
    const plain = random.text('ab.', random.below(60));
    const masker = maskerOf(...secrets);
    const stream = masker.stream();
    const shown = random.chunks(Buffer.from(plain), 1 + random.below(12)).map((chunk) => stream.push(chunk).toString());
    expect([...shown, stream.end().toString()].join(''), `${secrets.join()} in ${plain}`).toBe(masker.text(plain));
  }
});

test('what is shown never holds a secret in any form', () => {
  const random = createRandom(13);
  for (let round = 0; round < 300; round++) {
    const secrets = Array.from({ length: 1 + random.below(3) }, () =>
      random.text(`aB3/+&"'% \n`, 5 + random.below(30)),
    );
    const forms = secrets.flatMap(secretForms);
    const encoded = secrets.map((secret) => Buffer.from(`user:${secret}@host`).toString('base64'));
    const written = [...secrets, ...forms, ...encoded].join(random.text('aB3\n', random.below(3)));
    const stream = maskerOf(...secrets).stream();
    const shown = random.chunks(Buffer.from(written), 40).map((chunk) => stream.push(chunk));
    const all = Buffer.concat([...shown, stream.end()]).toString();
    expect(forms.filter((form) => all.includes(form))).toEqual([]);
  }
});
