import { join } from 'node:path';
import ts from 'typescript';
import { readSources } from '../architecture/sources.js';
import { ROOT } from './page.js';

/** The text of every warning that a folder of the sources writes as a literal; `…` stands for inserted values. */
export const warningsGivenIn = (folder: string): readonly string[] =>
  [...readSources(join(ROOT, folder)).values()].flatMap(warningsIn);

const warningsIn = (file: ts.SourceFile): readonly string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = ts.isCallExpression(node) && isWarning(node) ? textOf(node.arguments[0]) : undefined;
    if (text !== undefined) found.push(text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** Such as `talk.warn(…)` or `display.warning(…)`. */
const isWarning = ({ expression }: ts.CallExpression): boolean =>
  /\bwarn(?:ing)?$/.test(expression.getText()) && !ts.isParenthesizedExpression(expression);

/** Undefined for a text that is not a literal. */
const textOf = (node: ts.Expression | undefined): string | undefined => {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const pieces = [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text);
  return pieces.join('…').replaceAll(/…+/g, '…');
};
