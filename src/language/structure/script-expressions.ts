import { isTemplate } from '../../expressions/template-text.js';
import type { Span } from '../yaml/line-table.js';
import type { ScalarNode } from '../yaml/yaml-tree.js';

/** An expression as written in the file. */
export type WrittenExpression = Span & {
  /** Without `${{ }}`. */
  readonly text: string;
};

const OPEN = '${{';
const CLOSE = '}}';

/** Finds the expressions of a text in the source; folded and escaped texts keep their order. */
export const expressionsIn = (node: ScalarNode, source: string): readonly WrittenExpression[] => {
  const found: WrittenExpression[] = [];
  for (let at = source.indexOf(OPEN, node.start); at !== -1 && at < node.end; at = source.indexOf(OPEN, at + 1)) {
    const close = source.indexOf(CLOSE, at);
    const isClosed = close !== -1 && close < node.end;
    const end = isClosed ? close + CLOSE.length : at + OPEN.length;
    found.push({ start: at, end, text: isClosed ? source.slice(at + OPEN.length, close).trim() : '' });
    if (!isClosed) break;
  }
  // Written with escapes, such as "\x24{{ }}".
  return found.length === 0 && isTemplate(String(node.value)) ? [{ ...node, text: '' }] : found;
};

/** Suggests what to write instead of an expression in a script. */
export const envForm = (expression: string): string => {
  const text = expression.replaceAll(/\s+/g, ' ').replaceAll('"', "'");
  const name = envName(text);
  return `write env: {${name}: "${OPEN} ${text === '' ? '…' : text} ${CLOSE}"} and use "$${name}"`;
};

/** A variable name from the last name in the expression: VERSION for `inputs.version`. */
const envName = (expression: string): string => {
  const isName = /^[\w.\-[\]']+$/.test(expression);
  const last = isName ? (expression.match(/[A-Za-z_][\w-]*/g)?.at(-1) ?? '') : '';
  return last === '' ? 'VALUE' : last.toUpperCase().replaceAll('-', '_');
};
