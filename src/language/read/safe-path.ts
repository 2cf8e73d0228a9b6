import { quote } from '../model/quote.js';
import type { Reading } from './scope.js';
import type { ScalarNode } from '../yaml/yaml-tree.js';

/** What a path or glob is checked against, beside staying below the folder it is relative to. */
export type PathUse = { readonly what: string; readonly mayBeRoot: boolean };

/** A path or glob in its plain form; reports one that leads out of the folder it is relative to. */
export const safePath = (node: ScalarNode, { what, mayBeRoot }: PathUse, { mistakes }: Reading): string => {
  const text = String(node.value);
  const fault = pathFault(text, mayBeRoot);
  if (fault !== undefined) mistakes.add('bad-path', node, `${what} must ${fault}, found ${quote(text)}`);
  return text.replace(/^(?:\.\/+)+(?=.)/, '').replace(/(?<=[^/])\/+$/, '');
};

/** What a path or glob must do to stay below its folder, to complete "must …"; undefined when it does. */
export const pathFault = (text: string, mayBeRoot: boolean): string | undefined => {
  const path = text.replace(/^!/, '');
  if (/^(?:[/\\]|[A-Za-z]:)/.test(path)) return 'be a relative path';
  const segments = path.split(/[/\\]/);
  if (segments.includes('..')) return 'not lead out with ".."';
  return mayBeRoot || segments.some((segment) => segment !== '.' && segment !== '') ? undefined : 'name a folder';
};
