import { describe, expect, test } from 'vitest';
import {
  closedMarkdown,
  codeBlock,
  inlineText,
  shortened,
  sizeOf,
  tableRow,
} from '../../../src/report/text/markdown.js';

test('text adds no markup, no HTML and no table cell', () => {
  expect(inlineText('a|b `c` *d* <img> [e](f) \\ #1')).toBe('a\\|b \\`c\\` \\*d\\* &lt;img&gt; \\[e\\](f) \\\\ \\#1');
  expect(inlineText('two\nlines \u001b[31mred')).toBe('two\\\\nlines red');
});

describe('a code block', () => {
  test('shows output in a fence that it cannot close', () => {
    expect(codeBlock('a\n````\nb', 1000)).toBe('`````text\na\n````\nb\n`````\n');
  });

  test('has no blank ends and no escape sequences', () => {
    expect(codeBlock('\n\n  \u001b[31ma\u001b[0m\n\n', 1000)).toBe('```text\n  a\n```\n');
  });

  test('loses its first lines where it would be too big', () => {
    const output = Array.from({ length: 100 }, (_, index) => `line ${String(index)}`).join('\n');
    const block = codeBlock(output, 200);
    expect(sizeOf(block)).toBeLessThanOrEqual(200);
    expect(block).toMatch(/^```text\n…\nline \d+\n[^]*line 99\n```\n$/);
  });

  test('never loses a part of a character', () => {
    for (let room = 120; room < 130; room++) {
      const block = codeBlock('日本語'.repeat(100), room);
      expect(sizeOf(block)).toBeLessThanOrEqual(room);
      expect(block).not.toContain('\ufffd');
    }
  });

  test('is not there without room or output', () => {
    expect(codeBlock('output', 20)).toBe('');
    expect(codeBlock(' \n ', 1000)).toBe('');
  });
});

test('a long text is cut between characters', () => {
  expect(shortened('abcdef', 6)).toBe('abcdef');
  expect(shortened('abcdef', 4)).toBe('abc…');
  expect(shortened('ab😀cd', 4)).toBe('ab…');
});

test('a row has its cells between bars', () => {
  expect(tableRow(['a', '', 'b'])).toBe('| a |  | b |\n');
});

test.each([
  ['text', 'text\n'],
  ['```js\na\n```\n\n', '```js\na\n```\n'],
  ['```js\na', '```js\na\n```\n'],
  ['````\n```\n', '````\n```\n````\n'],
  ['~~~\n```\na', '~~~\n```\na\n~~~\n'],
  ['a ``` b', 'a ``` b\n'],
  ['``` a ` b\nc', '``` a ` b\nc\n'],
])('the last code block of %j is closed', (markdown, closed) => {
  expect(closedMarkdown(markdown)).toBe(closed);
});
