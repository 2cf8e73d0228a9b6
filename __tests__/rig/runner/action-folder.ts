import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { isPlainObject } from '../../../src/base/stable-json.js';

/** An action as the runner has it after the download, without the files that only its development needs. */
export type Action = {
  readonly folder: string;
  /** Absolute path of the JavaScript file. */
  readonly main: string;
  readonly post: string | undefined;
  readonly postIf: string;
  /** The defaults of its inputs by name, as written; empty for an input without a default. */
  readonly defaults: ReadonlyMap<string, string>;
};

/** Copies an action, its `action.yml` and the folders of its programs, to where the runner puts it. */
export const downloadAction = (source: string, target: string): Action => {
  const { inputs, main, post, postIf } = readManifest(source);
  const programs = [main, ...(post === undefined ? [] : [post])].map(normalize);
  const parts = new Set([...programs.map(dirname), 'action.yml', 'package.json']);
  mkdirSync(target, { recursive: true });
  for (const part of parts) {
    if (existsSync(join(source, part))) cpSync(join(source, part), join(target, part), { recursive: true });
  }
  return {
    folder: target,
    main: join(target, main),
    post: post === undefined ? undefined : join(target, post),
    postIf,
    defaults: inputs,
  };
};

type Manifest = {
  readonly inputs: ReadonlyMap<string, string>;
  readonly main: string;
  readonly post: string | undefined;
  readonly postIf: string;
};

const readManifest = (source: string): Manifest => {
  const manifest = mappingIn({ root: parse(readFileSync(join(source, 'action.yml'), 'utf8')) as unknown }, 'root');
  const { main, post, 'post-if': postIf } = mappingIn(manifest, 'runs');
  const inputs = mappingIn(manifest, 'inputs');
  return {
    inputs: new Map(Object.keys(inputs).map((name) => [name, textOf(mappingIn(inputs, name)['default']) ?? ''])),
    main: textOf(main) ?? 'index.js',
    post: textOf(post),
    postIf: textOf(postIf) ?? 'always()',
  };
};

const mappingIn = (parent: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> => {
  const value = parent[key];
  return isPlainObject(value) ? value : {};
};

/** A scalar as the runner reads it: its source text. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
