import { err, ok, type Result } from '../../base/result.js';
import { formatSize } from '../../base/size.js';
import type { Scope } from '../../expressions/evaluate.js';
import type { FilesCheck } from '../../language/model/pipeline.js';
import { evaluateText } from '../../evaluate/context/step-inputs.js';
import type { FoundFile, WorkspaceFiles } from '../../evaluate/context/workspace-files.js';
import { createSchemaCheck, readJsonText, type SchemaCheck } from './schema-check.js';

/**
 * Checks the files that a step should have written: the first fault found, or undefined. An error when a path in the
 * check cannot be evaluated.
 */
export const checkFiles = async (
  check: FilesCheck,
  scope: Scope,
  files: WorkspaceFiles,
): Promise<Result<string | undefined>> => {
  const glob = evaluateText(check.path, scope);
  if (!glob.ok) return glob;
  const found = await files.match(glob.value);
  if (!found.ok) return ok(found.error);
  const fault = countFault(check, glob.value, found.value) ?? sizeFault(check, found.value);
  if (fault !== undefined || check.schema === undefined) return ok(fault);
  return checkContents(check.schema, found.value, { scope, files });
};

const countFault = ({ minCount }: FilesCheck, glob: string, found: readonly FoundFile[]): string | undefined => {
  const files = found.length === 1 ? '1 file' : `${String(found.length)} files`;
  return found.length < minCount ? `${glob}: found ${files}, expected at least ${String(minCount)}` : undefined;
};

const sizeFault = ({ minSizeBytes = 0 }: FilesCheck, found: readonly FoundFile[]): string | undefined => {
  const small = found.find(({ sizeBytes }) => sizeBytes < minSizeBytes);
  if (small === undefined) return undefined;
  const size = small.sizeBytes === 1 ? '1 byte' : `${String(small.sizeBytes)} bytes`;
  return `${small.path}: ${size}, expected at least ${formatSize(minSizeBytes)}`;
};

type Schema = NonNullable<FilesCheck['schema']>;
type Engine = { readonly scope: Scope; readonly files: WorkspaceFiles };

const LIMIT_BYTES = 16 * 1024 * 1024;

const checkContents = async (
  schema: Schema,
  found: readonly FoundFile[],
  { scope, files }: Engine,
): Promise<Result<string | undefined>> => {
  const file = 'file' in schema ? evaluateText(schema.file, scope) : undefined;
  if (file?.ok === false) return file;
  const ready = await openSchema(schema, file?.value, files);
  if (!ready.ok) return ok(ready.error);
  for (const { path } of found) {
    const text = await files.readText(path, LIMIT_BYTES);
    const fault = text.ok ? contentFault(text.value, ready.value) : text.error;
    if (fault !== undefined) return ok(`${path}: ${fault}`);
  }
  return ok(undefined);
};

/** `file` is the path of the schema, unless the schema is inline. */
const openSchema = async (
  schema: Schema,
  file: string | undefined,
  files: WorkspaceFiles,
): Promise<Result<SchemaCheck>> => {
  if ('inline' in schema) return createSchemaCheck(schema.inline, 'the schema');
  const what = `the schema ${file ?? ''}`;
  const text = await files.readText(file ?? '', LIMIT_BYTES);
  if (!text.ok) return err(`${what}: ${text.error}`);
  const json = readJsonText(text.value);
  return json.ok ? createSchemaCheck(json.value, what) : err(`${what} is ${json.error}`);
};

const contentFault = (text: string, check: SchemaCheck): string | undefined => {
  const json = readJsonText(text);
  return json.ok ? check(json.value) : json.error;
};
