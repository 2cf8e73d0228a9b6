import { err, ok, type Result } from '../base/result.js';
import type { CalledFile } from './read/called-file.js';
import { readCalledFiles, type FileReads, type LoadFile } from './called-files.js';
import { checkStructure } from './structure/check-structure.js';
import { decodeSource, type PipelineSource } from './yaml/decode-source.js';
import type { Diagnostic } from './model/diagnostic.js';
import { lineTable } from './yaml/line-table.js';
import { newMistakes } from './yaml/mistakes.js';
import { checkMutexOrder } from './check/mutex-order.js';
import { mutexUseOf, noteCalledNestings } from './check/mutex-use.js';
import { parseYaml } from './yaml/parse-yaml.js';
import { calledBy, type Pipeline } from './model/pipeline.js';
import { readPipelineFields } from './pipeline-fields.js';
import { quote } from './model/quote.js';
import { placeDiagnostics } from './yaml/render-diagnostic.js';
import type { Reading } from './read/scope.js';
import { suggestId } from './model/suggest-id.js';
import { writtenSteps } from './model/written-steps.js';
import { textOf } from './yaml/yaml-tree.js';

export type { LoadFile } from './called-files.js';
export type { PipelineSource } from './yaml/decode-source.js';

/**
 * Reads a pipeline file and the files it calls: returns a complete pipeline, or all mistakes, those of the file itself
 * first.
 */
export const readPipeline = async (
  source: PipelineSource,
  load: LoadFile = loadNothing,
): Promise<Result<Pipeline, readonly Diagnostic[]>> => {
  const mistakes: (readonly Diagnostic[])[] = [];
  const reads: FileReads = {
    load,
    known: new Map(),
    read: async (file, chain) => {
      // Mistakes of a file are listed before those of files it calls, although those are read first.
      const place = mistakes.push([]) - 1;
      const read = await readSource(file, { chain, reads });
      if (!read.ok) mistakes[place] = placeDiagnostics(read.error, file);
      return read.ok ? read.value : undefined;
    },
  };
  const read = await reads.read(source, [source.file]);
  const found = mistakes.flat();
  return read === undefined || found.length > 0 ? err(found) : ok(read.pipeline);
};

/** For callers that allow no other files. */
const loadNothing: LoadFile = (file) => Promise.resolve(err(`there is no file ${quote(file)}`));

type Reader = { readonly chain: readonly string[]; readonly reads: FileReads };

const readSource = async (
  source: PipelineSource,
  reader: Reader,
): Promise<Result<CalledFile, readonly Diagnostic[]>> => {
  const text = decodeSource(source);
  if (!text.ok) return err([text.error]);
  const lines = lineTable(text.value);
  const mistakes = newMistakes(lines);
  const root = parseYaml(text.value, mistakes);
  if (root === undefined) return err(mistakes.list());
  checkStructure(root, { source: text.value, mistakes });
  const called = await readCalledFiles(root, { ...reader, mistakes });
  const notes = { sites: [], scopes: [], unknownNeeds: [], mutexNestings: [] };
  const reading: Reading = { source: text.value, lines, mistakes, called, ...notes };
  const pipeline = readPipelineFields(root, source.file, reading);
  reportUnknownNeeds(reading);
  noteCalledNestings(reading);
  checkMutexOrder(reading);
  const stepCount = countSteps(pipeline, reading);
  await checkSites(pipeline, reading);
  if (mistakes.any()) return err(mistakes.list());
  const warnings = placeDiagnostics(mistakes.warnings(), source);
  return ok({ ...withCalled({ ...pipeline, warnings }, reading), stepCount });
};

/** Runs last, when the ids of all lists are known. */
const reportUnknownNeeds = ({ unknownNeeds, scopes, mistakes }: Reading): void => {
  if (unknownNeeds.length === 0) return;
  const everywhere = new Set(scopes.flatMap(({ ids }) => [...ids.keys()]));
  for (const { node, scope } of unknownNeeds) {
    if (mistakes.isFull()) return;
    const id = textOf(node) ?? '';
    const message = everywhere.has(id.toLowerCase())
      ? `${quote(id)} is in another list; "needs" can only name steps of the same list`
      : `unknown step ${quote(id)} in "needs"${suggestId(id, scope.ids.keys())}`;
    mistakes.add('unknown-need', node, message);
  }
};

/** Skips files without expressions, because the expression library takes time to load. */
const checkSites = async (pipeline: Pipeline, reading: Reading): Promise<void> => {
  if (reading.sites.length === 0) return;
  const { checkExpressions } = await import('./check/check-expressions.js');
  checkExpressions(pipeline, reading);
};

const MOST_CALLED_STEPS = 100_000;

/** Limits the number of steps, because calls that double at each level grow exponentially. */
const countSteps = (pipeline: Pipeline, { called, mistakes }: Reading): number => {
  const sizes = new Map([...called.values()].map((file) => [file.pipeline, file]));
  let count = 0;
  for (const step of writtenSteps(pipeline)) {
    const callee = calledBy(step);
    const file = callee && sizes.get(callee);
    const before = count;
    count += 1 + (file?.stepCount ?? 0);
    if (file === undefined || before > MOST_CALLED_STEPS || count <= MOST_CALLED_STEPS) continue;
    const message = `with the steps of the files it calls, this pipeline has more than ${String(MOST_CALLED_STEPS)} steps`;
    mistakes.add('too-many-called-steps', file.node, message);
  }
  return count;
};

const withCalled = (pipeline: Pipeline, reading: Reading): Omit<CalledFile, 'stepCount'> => {
  const called = [...reading.called.values()];
  const pipelines = [pipeline, ...called.map((file) => file.pipeline)];
  const secrets = new Set(pipelines.flatMap((each) => each.secrets));
  const warnings = new Set(pipelines.flatMap((each) => each.warnings));
  return {
    pipeline: { ...pipeline, secrets: [...secrets], warnings: [...warnings] },
    mutexes: mutexUseOf(pipeline, reading),
    depth: Math.max(0, ...called.map(({ depth }) => depth + 1)),
  };
};
