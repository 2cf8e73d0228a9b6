import { expect } from 'vitest';
import { lineTable } from '../../src/language/yaml/line-table.js';
import { newMistakes, type Mistakes } from '../../src/language/yaml/mistakes.js';
import { parseYaml } from '../../src/language/yaml/parse-yaml.js';
import type { Pipeline, Step } from '../../src/language/model/pipeline.js';
import { readPipeline } from '../../src/language/read-pipeline.js';
import type { Reading } from '../../src/language/read/scope.js';
import type { YamlNode } from '../../src/language/yaml/yaml-tree.js';

/** The result of reading a text. */
export const read = (text: string | Uint8Array): ReturnType<typeof readPipeline> =>
  readPipeline({ file: 'savepoint.yml', bytes: Buffer.from(text) });

/** The mistakes in a file, each as `line:column message [code]`. */
export const mistakesIn = async (text: string | Uint8Array): Promise<readonly string[]> => {
  const result = await read(text);
  return result.ok
    ? []
    : result.error.map(({ code, message, position }) => `${position?.line}:${position?.column} ${message} [${code}]`);
};

/** The pipeline of a file without mistakes. */
export const pipelineOf = async (text: string): Promise<Pipeline> => {
  const result = await read(text);
  return result.ok ? result.value : expect.fail(JSON.stringify(result.error));
};

/** The steps of a file without mistakes. */
export const stepsOf = async (text: string): Promise<readonly Step[]> => (await pipelineOf(text)).steps;

/** A tree, and the collection for its mistakes. */
export const treeOf = (
  text: string,
): { readonly root: YamlNode; readonly reading: Reading; readonly mistakes: Mistakes } => {
  const lines = lineTable(text);
  const mistakes = newMistakes(lines);
  const root = parseYaml(text, mistakes) ?? expect.fail(JSON.stringify(mistakes.list()));
  return {
    root,
    mistakes,
    reading: {
      source: text,
      lines,
      mistakes,
      called: new Map(),
      sites: [],
      scopes: [],
      unknownNeeds: [],
      mutexNestings: [],
    },
  };
};

/** The value under a key at the top of a tree. */
export const valueAt = (root: YamlNode, key: string): YamlNode => {
  const entry = root.kind === 'map' ? root.entries.find((each) => each.key === key) : undefined;
  return entry?.value ?? expect.fail(`no ${key}`);
};

/** A text with this many lines. */
export const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
