import { expect, test } from 'vitest';
import { shownOutput } from '../../../src/report/text/shown-output.js';

test('workflow commands are what they say, and text stays as it is', () => {
  const output = [
    'one',
    '::error file=a.ts,line=3::boom',
    '::group::Details',
    '  inside: 100%25',
    '::endgroup::',
    '::debug::nobody reads this',
    '::set-output name=x::y',
    '',
  ].join('\n');
  expect(shownOutput(output, 10)).toBe(
    ['one', 'error: a.ts:3 boom', '▸ Details', '  inside: 100%25', '::set-output name=x::y'].join('\n'),
  );
});

test('of many lines the last ones are left', () => {
  expect(shownOutput('1\n2\n3\n\n', 2)).toBe('2\n3');
});

test('nothing stays nothing', () => {
  expect(shownOutput('', 2)).toBe('');
});
