import { quote } from '../model/quote.js';
import type { Reading } from './scope.js';
import type { ScalarNode } from '../yaml/yaml-tree.js';

/** How a path or glob is used: its field for messages, and whether it may be the root folder. */
export type PathUse = { readonly what: string; readonly mayBeRoot: boolean };

/** Normalizes a path or glob; reports one that leads out of the folder it is relative to. */
export const safePath = (node: ScalarNode, { what, mayBeRoot }: PathUse, { mistakes }: Reading): string => {
  const text = String(node.value);
  const fault = pathFault(text, mayBeRoot);
  if (fault !== undefined) mistakes.add('bad-path', node, `${what} must ${fault}, found ${quote(text)}`);
  return text.replace(/^(?:\.\/+)+(?=.)/, '').replace(/(?<=[^/])\/+$/, '');
};

/** Completes "must …" for a path or glob that leaves its folder; undefined if it does not. */
export const pathFault = (text: string, mayBeRoot: boolean): string | undefined => {
  const path = text.replace(/^!/, '');
  if (/^(?:[/\\]|[A-Za-z]:)/.test(path)) return 'be a relative path';
  const segments = path.split(/[/\\]/);
  if (segments.includes('..')) return 'not lead out with ".."';
  return mayBeRoot || segments.some((segment) => segment !== '.' && segment !== '') ? undefined : 'name a folder';
};
