import { fieldsOf, templatesField, textField, textNodes, type Fields } from './read/field-values.js';
import type { FailureMode, Pipeline } from './model/pipeline.js';
import { readCheckpoint } from './read-checkpoint.js';
import { readFileDefaults } from './read/read-defaults.js';
import { readFallbacks } from './read/read-fallbacks.js';
import { readInputSpecs } from './read-input-specs.js';
import { readStepList } from './kinds/read-step-list.js';
import { safePath } from './read/safe-path.js';
import { SPELLINGS } from './structure/fields.js';
import type { Reading, Viewer } from './read/scope.js';
import type { YamlNode } from './yaml/yaml-tree.js';

/** Reads all fields and steps of a file, even of a broken one, which will never run. */
export const readPipelineFields = (root: YamlNode, file: string, reading: Reading): Pipeline => {
  const fields = fieldsOf(root, SPELLINGS.file);
  const inputs = readInputSpecs(fields.get('inputs')?.value, reading);
  const env = templatesField(fields.get('env')?.value, { place: 'file-env', viewer: undefined }, reading);
  const defaults = readFileDefaults(fieldsOf(fields.get('defaults')?.value, SPELLINGS.defaults), reading);
  const list = readStepList(fields.get('steps')?.value, { mode: 'sequential', around: undefined, defaults }, reading);
  const atEnd: Viewer = { scope: list, at: 'end' };
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
    checkpoint: readCheckpoint(fieldsOf(fields.get('checkpoint')?.value, SPELLINGS.checkpoint), reading),
    fallbacks: readFallbacks(fields, { around: atEnd, defaults, readList: readStepList }, reading),
    steps: list.steps,
    outputs: templatesField(fields.get('outputs')?.value, { place: 'file-outputs', viewer: atEnd }, reading),
    warnings: [],
  };
};

const FAILURE_MODES: readonly FailureMode[] = ['finish', 'keep_going', 'fail_fast'];

const baseName = (file: string): string => {
  const name = file.split(/[/\\]/).at(-1) ?? file;
  return name.replace(/(?<=.)\.[^.]*$/, '');
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
