import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ActionMetadata } from '@actions/languageservice/action';
import type { ValidationConfig } from '@actions/languageservice/validate';
import { build } from 'esbuild';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { newTempFolder } from '../../machine/temp-folder.js';
import { ROOT } from '../docs/page.js';

/** Finds mistakes as GitHub's editor support does; each is a text with line and column. */
export type WorkflowLinter = {
  readonly workflow: (text: string) => Promise<readonly string[]>;
  /** An `action.yml`. */
  readonly action: (text: string) => Promise<readonly string[]>;
};

/** The action as workflows name it. */
export const ACTION_NAME = 'savepoint-ci/savepoint';

/** Loads GitHub's own language service; the steps of workflows that use our action are checked against that `action.yml`. */
export const loadLinter = async (ownAction: string): Promise<WorkflowLinter> => {
  const { validate, TextDocument: documents } = await loadService();
  const own = parse(ownAction) as ActionMetadata;
  const fetchActionMetadata = ({ owner, name }: { owner: string; name: string }): Promise<ActionMetadata> =>
    Promise.resolve(`${owner}/${name}` === ACTION_NAME ? own : { name, description: '' });
  const config: ValidationConfig = { actionsMetadataProvider: { fetchActionMetadata } };
  let count = 0;
  const lint = async (folder: string, file: string, text: string): Promise<readonly string[]> => {
    // Results are cached by URI.
    const uri = `file:///${count++}/${folder}/${file}`;
    const found = await validate(documents.create(uri, 'yaml', 1, text), config);
    return found.map(({ message, range: { start } }) => `${start.line + 1}:${start.character + 1} ${message}`);
  };
  return {
    workflow: (text) => lint('.github/workflows', 'example.yml', text),
    action: (text) => lint('action', 'action.yml', text),
  };
};

/** Whether a YAML text is a workflow rather than a pipeline: it begins with `on:`, or with `name:` and also has `on:`. */
export const isWorkflow = (text: string): boolean => {
  const keys = [...text.matchAll(/^([A-Za-z_-]+):/gm)].map(([, key]) => key);
  return keys[0] === 'on' || (keys[0] === 'name' && keys.includes('on'));
};

type Mistake = {
  readonly message: string;
  /** Counted from 0. */
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
};

type Service = {
  readonly validate: (document: TextDocument, config: ValidationConfig) => Promise<readonly Mistake[]>;
  readonly TextDocument: Pick<typeof TextDocument, 'create'>;
};

/** The package is bundled first, because Node requires another syntax for its JSON imports. */
const loadService = async (): Promise<Service> => {
  using folder = newTempFolder();
  const contents = [
    `export { validate } from '@actions/languageservice/validate';`,
    `export { TextDocument } from 'vscode-languageserver-textdocument';`,
  ].join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    loader: { '.json': 'json' },
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    logLevel: 'error',
  });
  const file = join(folder.path, 'service.mjs');
  writeFileSync(file, outputFiles[0]?.contents ?? '');
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Service;
};
