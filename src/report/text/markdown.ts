import { plainText } from './plain-text.js';
import { safeText } from './safe-text.js';

/** Escapes text for a line of Markdown or a table cell, so that it is never markup. */
export const inlineText = (text: string): string =>
  safeText(plainText(text)).replace(MARKUP, (character) => ENTITIES[character] ?? `\\${character}`);

const MARKUP = /[\\`*_[\]<>&|~$!#]/g;
const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** A code block that shows any output as it is; longer output loses its first lines. Empty without room. */
export const codeBlock = (output: string, roomBytes: number): string => {
  const text = plainText(output).replace(/^\n+|\s+$/g, '');
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  const frame = (inner: string): string => `${fence}text\n${inner}\n${fence}\n`;
  const room = roomBytes - sizeOf(frame(''));
  if (text === '' || room < LEAST_ROOM) return '';
  return frame(lastLines(text, room));
};

const LEAST_ROOM = 100;
const CUT_MARK = '…\n';

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);

const lastLines = (text: string, roomBytes: number): string => {
  if (sizeOf(text) <= roomBytes) return text;
  const end = lastBytes(text, roomBytes - sizeOf(CUT_MARK));
  const lineStart = end.indexOf('\n') + 1;
  return `${CUT_MARK}${lineStart === 0 || lineStart === end.length ? end : end.slice(lineStart)}`;
};

const lastBytes = (text: string, bytes: number): string => {
  const all = Buffer.from(text);
  let start = all.length - bytes;
  while (((all[start] ?? 0) & 0xc0) === 0x80) start++;
  return all.toString('utf8', start);
};

/** The text, shortened to that many characters with `…` at its end. */
export const shortened = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  const cut = text.slice(0, characters - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
};

/** A table row; the cells are Markdown. */
export const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

/** The size of a text in UTF-8 bytes. */
export const sizeOf = (text: string): number => Buffer.byteLength(text);

/** Markdown with an unclosed code block closed, so that text after it stays outside. */
export const closedMarkdown = (markdown: string): string => {
  let open: string | undefined;
  for (const [, fence = '', info = ''] of markdown.matchAll(FENCE)) {
    if (open === undefined) open = fence;
    else if (fence.startsWith(open) && info.trim() === '') open = undefined;
  }
  const text = markdown.replace(/\s+$/, '');
  return open === undefined ? `${text}\n` : `${text}\n${open}\n`;
};

const FENCE = /^ {0,3}(`{3,}(?=[^`\n]*$)|~{3,})(.*)$/gm;
