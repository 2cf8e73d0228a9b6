import { expect, test } from 'vitest';
import { secretForms } from '../../src/base/secret-forms.js';

test('a blank secret has no forms', () => {
  expect(secretForms('')).toEqual([]);
  expect(secretForms(' \t\r\n ')).toEqual([]);
});

test('white space around a secret does not belong to it', () => {
  expect(secretForms('  ab\n')).toEqual(['ab']);
});

test('each line of a secret is one too, without its indentation, unless it is shorter than 4 characters', () => {
  const forms = secretForms('{\r\n  first line\n  abc\r  last\n}');
  expect(forms).toContain('first line');
  expect(forms).toContain('last');
  expect(forms).not.toContain('abc');
  expect(forms).not.toContain('{');
});

test.each([
  ['JSON', 'a"b\\c', String.raw`a\"b\\c`],
  ['JSON over lines', 'a\nb', String.raw`a\nb`],
  ['JSON as Go writes it', 'a<b&c', String.raw`a\u003cb\u0026c`],
  ['a URL', 'a b/c', 'a%20b%2Fc'],
  ['a strict URL', "a!(b)'*", 'a%21%28b%29%27%2A'],
  ['a form', 'a b!', 'a+b%21'],
  ['shell quotes', "it's", String.raw`it'\''s`],
  ['a workflow command', '50%\nok', '50%25%0Aok'],
])('a secret is known as it stands in %s', (_where, secret, form) => {
  expect(secretForms(secret)).toContain(form);
});

test.each(['', 'u', 'us', 'user', 'user:'])('a secret is known in the base64 of what begins with "%s"', (before) => {
  for (const after of ['', '@', '@x', '@xy']) {
    const encoded = Buffer.from(`${before}correct horse${after}`).toString('base64');
    const shown = secretForms('correct horse').reduce((text, form) => text.replaceAll(form, ''), encoded);
    expect(Buffer.from(shown, 'base64').toString()).not.toMatch(/orrect|hors/);
    expect(shown.length).toBeLessThan(encoded.length - 14);
  }
});

test('the URL alphabet of base64 is known as well', () => {
  const secret = 'subjects?_d=~~~>>>';
  expect(secretForms(secret)).toContain(Buffer.from(secret).toString('base64url'));
});

test('base64 in lines of 64 and of 76 characters is known', () => {
  const secret = Array.from({ length: 30 }, (_, index) => `word${String(index)}`).join(' ');
  const encoded = Buffer.from(secret).toString('base64');
  for (const length of [64, 76]) {
    const wrapped = secretForms(secret).find((form) => form.startsWith(`${encoded.slice(0, length)}\n`));
    expect(wrapped?.replaceAll('\n', '').length).toBeGreaterThan(encoded.length - 4);
  }
});

test('base64 shorter than 6 characters is not derived', () => {
  expect(secretForms('abc')).toEqual(['abc']);
});

test('lone surrogates do no harm', () => {
  expect(secretForms('key\ud800')).toContain('key\ufffd');
});
