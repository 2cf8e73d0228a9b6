import { textOf, type YamlNode } from '../yaml/yaml-tree.js';
import type { Reading } from './scope.js';
import { quote } from '../model/quote.js';

/** The text of a JavaScript regular expression with the flag `m`; reports one that does not parse. */
export const readPattern = (
  node: YamlNode | undefined,
  what: string,
  { mistakes }: Pick<Reading, 'mistakes'>,
): string | undefined => {
  const pattern = textOf(node);
  if (node === undefined || pattern === undefined) return undefined;
  const fault = faultOf(pattern);
  if (fault !== undefined)
    mistakes.add('bad-pattern', node, `${quote(what)} is not a valid regular expression: ${fault}`);
  return pattern;
};

const faultOf = (pattern: string): string | undefined => {
  try {
    new RegExp(pattern, 'm');
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The engine's message repeats the pattern before the reason.
    return (message.split(': ').at(-1) ?? message).toLowerCase();
  }
};
