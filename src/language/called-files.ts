import { err, type Result } from '../base/result.js';
import type { CalledFile, CalledFiles } from './read/called-file.js';
import { calledPath } from './read/called-path.js';
import type { DiagnosticCode } from './model/codes.js';
import type { PipelineSource } from './yaml/decode-source.js';
import { SPELLINGS, type Level } from './structure/fields.js';
import type { Mistakes } from './yaml/mistakes.js';
import { quote } from './model/quote.js';
import type { Shape } from './fields/shape.js';
import type { MapNode, YamlNode } from './yaml/yaml-tree.js';

/** Loads a called file by its normalized path in the workspace; the error is a sentence that names it. */
export type LoadFile = (file: string) => Promise<Result<PipelineSource>>;

/** The reading of a pipeline and all files it calls; each file is read once, however often it is called. */
export type FileReads = {
  readonly load: LoadFile;
  /** Reads a file; its chain is its callers, outermost first, then itself. Undefined if it has mistakes. */
  readonly read: (source: PipelineSource, chain: readonly string[]) => Promise<CalledFile | undefined>;
  readonly known: Map<string, CallResult>;
};

/** The result of a call: a file, undefined for a file with mistakes, or why it cannot be called from there. */
export type CallResult = Result<CalledFile | undefined, { readonly code: DiagnosticCode; readonly message: string }>;

type Caller = {
  readonly reads: FileReads;
  readonly chain: readonly string[];
  readonly mistakes: Mistakes;
};

/** Reads the files that a file calls, before its own steps; reports a file that cannot be called where it is named. */
export const readCalledFiles = async (root: YamlNode, caller: Caller): Promise<CalledFiles> => {
  const called = new Map<string, CalledFile & { readonly node: YamlNode }>();
  for (const [file, nodes] of callsIn(root, caller.mistakes)) {
    const read = await readOnce(file, caller);
    const fault = read.ok ? faultOfDepth(read.value) : read.error;
    if (fault !== undefined) for (const node of nodes) caller.mistakes.add(fault.code, node, fault.message);
    if (read.ok && read.value !== undefined) called.set(file, { ...read.value, node: nodes[0] ?? root });
  }
  return called;
};

type NoteCall = (node: YamlNode) => void;

/** Every `pipeline:` value of a file, by the path it names, in file order. */
const callsIn = (root: YamlNode, mistakes: Mistakes): ReadonlyMap<string, readonly YamlNode[]> => {
  const calls = new Map<string, YamlNode[]>();
  const note = (node: YamlNode): void => {
    const file = calledPath(node, mistakes);
    if (file === undefined) return;
    const before = calls.get(file);
    if (before === undefined) calls.set(file, [node]);
    else before.push(node);
  };
  if (root.kind === 'map') lookInto(root, 'file', note);
  return calls;
};

/** Looks only at steps, because an input or a variable may also be named `pipeline`. */
const lookInto = (map: MapNode, level: Level, note: NoteCall): void => {
  for (const { key, value } of map.entries) {
    const spelling = SPELLINGS[level].get(key);
    if (spelling?.field.callsFile === true) note(value);
    else if (spelling?.shape !== undefined) lookFor(value, spelling.shape, note);
  }
};

const lookFor = (node: YamlNode, shape: Shape, note: NoteCall): void => {
  if (shape.is === 'steps' && node.kind === 'list') {
    for (const item of node.items) if (item.kind === 'map') lookInto(item, 'step', note);
  }
  if (shape.is === 'names' && shape.of.is === 'steps' && node.kind === 'map') {
    for (const { value } of node.entries) lookFor(value, shape.of, note);
  }
};

const readOnce = async (file: string, caller: Caller): Promise<CallResult> => {
  const { chain, reads } = caller;
  if (chain.includes(file)) return err({ code: 'call-cycle', message: cycleText([...chain, file]) });
  const known = reads.known.get(file);
  if (known !== undefined) return known;
  const read = await readNew(file, caller);
  reads.known.set(file, read);
  return read;
};

const cycleText = (chain: readonly string[]): string => {
  const files = chain.slice(chain.indexOf(chain.at(-1) ?? '')).map(quote);
  return `these files call each other without end: ${files.join(' calls ')}`;
};

const MAX_FILES = 100;

const readNew = async (file: string, { chain, reads }: Caller): Promise<CallResult> => {
  if (reads.known.size + chain.length >= MAX_FILES) return err(TOO_MANY_FILES);
  const source = await reads.load(file);
  if (!source.ok) return err({ code: 'unreadable-file', message: source.error });
  return { ok: true, value: await reads.read(source.value, [...chain, file]) };
};

const TOO_MANY_FILES = {
  code: 'too-many-files',
  message: `a pipeline and what it calls can be ${MAX_FILES} files at most, this one is too many`,
} as const;

const MAX_CALL_DEPTH = 20;

/** Counts from the innermost call, so that the order in which files are reached does not matter. */
const faultOfDepth = (file: CalledFile | undefined): typeof TOO_DEEP | undefined =>
  file !== undefined && file.depth >= MAX_CALL_DEPTH ? TOO_DEEP : undefined;

const TOO_DEEP = {
  code: 'calls-too-deep',
  message: `from here on calls nest more than ${MAX_CALL_DEPTH} deep`,
} as const;
