import { err, ok, type Result } from '../base/result.js';
import { checkStructure } from './check-structure.js';
import { decodeSource, type PipelineSource } from './decode-source.js';
import type { Diagnostic } from './diagnostic.js';
import {
  fieldsOf,
  NO_TEXTS,
  templatesField,
  textField,
  textNodes,
  durationField,
  type Fields,
} from './field-values.js';
import { lineTable } from './line-table.js';
import { newMistakes } from './mistakes.js';
import { checkMutexOrder } from './mutex-order.js';
import { parseYaml } from './parse-yaml.js';
import type { FailureMode, Pipeline } from './pipeline.js';
import { quote } from './quote.js';
import { readCheckpoint } from './read-checkpoint.js';
import { readInputSpecs } from './read-input-specs.js';
import { readDefaults, type StepDefaults } from './read-step.js';
import { readStepList } from './read-step-list.js';
import { safePath } from './safe-path.js';
import type { Reading } from './scope.js';
import { suggestId } from './suggest-id.js';
import { textOf, type YamlNode } from './yaml-tree.js';

export type { PipelineSource } from './decode-source.js';

/** Reads a pipeline file: a complete pipeline that is free of mistakes, or all the mistakes in it. */
export const readPipeline = async (source: PipelineSource): Promise<Result<Pipeline, readonly Diagnostic[]>> => {
  const text = decodeSource(source);
  if (!text.ok) return err([text.error]);
  const lines = lineTable(text.value);
  const mistakes = newMistakes(lines);
  const root = parseYaml(text.value, mistakes);
  if (root === undefined) return err(mistakes.list());
  checkStructure(root, { source: text.value, mistakes });
  const reading = { source: text.value, lines, mistakes, sites: [], scopes: [], unknownNeeds: [], mutexNestings: [] };
  const pipeline = readFile(root, source.file, reading);
  reportUnknownNeeds(reading);
  checkMutexOrder(reading);
  await checkSites(pipeline, reading);
  return mistakes.any() ? err(mistakes.list()) : ok(pipeline);
};

const readFile = (root: YamlNode, file: string, reading: Reading): Pipeline => {
  const fields = fieldsOf(root, 'file');
  const inputs = readInputSpecs(fields.get('inputs')?.value, reading);
  const env = templatesField(fields.get('env')?.value, { place: 'file-env', viewer: undefined }, reading);
  const defaults = readFileDefaults(fieldsOf(fields.get('defaults')?.value, 'defaults'), reading);
  const list = readStepList(fields.get('steps')?.value, { mode: 'sequential', around: undefined, defaults }, reading);
  const outputs = { place: 'file-outputs', viewer: { scope: list, at: 'end' } } as const;
  const maxParallel = fields.get('max_parallel')?.value;
  return {
    name: textField(fields, 'name') ?? baseName(file),
    file,
    workDir: readWorkDir(fields, reading),
    inputs,
    env,
    secrets: textNodes(fields.get('secrets')?.value).map((node) => String(node.value)),
    failure: FAILURE_MODES.find((mode) => mode === textField(fields, 'failure')) ?? 'finish',
    maxParallel:
      maxParallel?.kind === 'scalar' && typeof maxParallel.value === 'number' ? maxParallel.value : undefined,
    directories: readDirectories(fields, reading),
    checkpoint: readCheckpoint(fieldsOf(fields.get('checkpoint')?.value, 'checkpoint'), reading),
    steps: list.steps,
    outputs: templatesField(fields.get('outputs')?.value, outputs, reading),
  };
};

const FAILURE_MODES: readonly FailureMode[] = ['finish', 'keep_going', 'fail_fast'];

const baseName = (file: string): string => {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  return name.replace(/(?<=.)\.[^.]*$/, '');
};

const readFileDefaults = (fields: Fields, reading: Reading): StepDefaults => {
  const outer = { shell: undefined, workingDirectory: undefined, timeoutMs: undefined, mutexes: NO_TEXTS };
  return {
    ...readDefaults(fields, { outer, viewer: undefined, place: 'file-directory' }, reading),
    timeoutMs: durationField(fields, { name: 'timeout', leastMs: 1 }, reading),
  };
};

const readWorkDir = (fields: Fields, reading: Reading): string => {
  const node = fields.get('work_dir')?.value;
  return node?.kind === 'scalar' && typeof node.value === 'string'
    ? safePath(node, { what: '"work_dir"', mayBeRoot: false }, reading)
    : '.work';
};

const readDirectories = (fields: Fields, reading: Reading): readonly string[] =>
  textNodes(fields.get('directories')?.value).map((node) =>
    safePath(node, { what: '"directories"', mayBeRoot: true }, reading),
  );

/** Only now is it known which ids exist elsewhere. */
const reportUnknownNeeds = ({ unknownNeeds, scopes, mistakes }: Reading): void => {
  if (unknownNeeds.length === 0) return;
  const everywhere = new Set(scopes.flatMap(({ ids }) => [...ids.keys()]));
  for (const { node, scope } of unknownNeeds) {
    if (mistakes.isFull()) return;
    const id = textOf(node) ?? '';
    const message = everywhere.has(id.toLowerCase())
      ? `${quote(id)} stands in another list; "needs" names steps of the same list only`
      : `unknown step ${quote(id)} in "needs"${suggestId(id, scope.ids.keys())}`;
    mistakes.add('unknown-need', node, message);
  }
};

/** Expressions are checked only where there are any, because their library takes time to load. */
const checkSites = async (pipeline: Pipeline, reading: Reading): Promise<void> => {
  if (reading.sites.length === 0) return;
  const { checkExpressions } = await import('./check-expressions.js');
  checkExpressions(pipeline, reading);
};
