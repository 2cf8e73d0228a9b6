import { SHELLS } from './fields.js';
import {
  booleanField,
  durationField,
  NO_TEXTS,
  noteTemplate,
  templatesField,
  textField,
  textNodes,
  type Fields,
} from './field-values.js';
import type { ContainerStep, ProcessStep, StepBase, Template } from './pipeline.js';
import { quote, shorten } from './quote.js';
import { safePath } from './safe-path.js';
import type { Reading, Scope, SitePlace, Viewer } from './scope.js';
import { didYouMean } from '../base/suggest.js';
import { textOf, type YamlNode } from './yaml-tree.js';
import { isTemplate } from '../expressions/template-text.js';

/** What steps get from the containers around them and from the pipeline. */
export type StepDefaults = {
  readonly shell: string | undefined;
  readonly workingDirectory: Template | undefined;
  readonly timeoutMs: number | undefined;
  /** Held by the containers around. */
  readonly mutexes: readonly string[];
};

/** A step in the file, with what its list decides about it. */
export type StepPoint = {
  readonly node: YamlNode;
  readonly id: string;
  readonly needs: readonly number[];
  readonly viewer: Viewer;
  readonly defaults: StepDefaults;
};

/** A container that waits for its children to be read with its defaults. */
export type OpenContainer = {
  readonly defaults: StepDefaults;
  readonly finish: (children: Scope, kind: ContainerStep['kind']) => ContainerStep;
};

const KILL_GRACE_MS = 10_000;
const LONGEST_NAME = 60;

/** Reads a step that starts processes; also one that is broken, which nobody will run. */
export const readProcess = (point: StepPoint, fields: Fields, reading: Reading): ProcessStep => {
  const commands = textNodes(fields.get('commands')?.value).map((node) => String(node.value));
  const run = textField(fields, 'run') ?? '';
  const base = readBase(point, { fields, script: fields.has('commands') ? (commands[0] ?? '') : run }, reading);
  const idleTimeoutMs = durationField(fields, { name: 'idle_timeout', leastMs: 1 }, reading);
  const defaults = readDefaults(fields, { outer: point.defaults, viewer: point.viewer, place: 'step' }, reading);
  const timeoutMs = base.timeoutMs ?? defaults.timeoutMs;
  const process = {
    ...base,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(defaults.shell !== undefined && { shell: defaults.shell }),
    ...(defaults.workingDirectory !== undefined && { workingDirectory: defaults.workingDirectory }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    killGraceMs: durationField(fields, { name: 'kill_grace', leastMs: 0 }, reading) ?? KILL_GRACE_MS,
    captures: false,
  };
  const step: ProcessStep = fields.has('commands')
    ? { ...process, kind: 'commands', commands }
    : { ...process, kind: 'script', run };
  readCondition(step, point, { fields, reading });
  return step;
};

/** Reads a container up to its children. */
export const readContainer = (point: StepPoint, fields: Fields, reading: Reading): OpenContainer => {
  const base = readBase(point, { fields, script: '' }, reading);
  const outer = readDefaults(
    fields,
    { outer: point.defaults, viewer: point.viewer, place: 'group-directory' },
    reading,
  );
  return {
    defaults: { ...outer, mutexes: base.mutex === undefined ? outer.mutexes : [...outer.mutexes, base.mutex] },
    finish: (children, kind) => {
      const standing = { place: 'group-outputs', viewer: { scope: children, at: 'end' } } as const;
      const outputs = templatesField(fields.get('outputs')?.value, standing, reading);
      const step: ContainerStep = { ...base, kind, steps: children.steps, outputs };
      readCondition(step, point, { fields, reading });
      return step;
    },
  };
};

type Nearest = { readonly outer: StepDefaults; readonly viewer: Viewer | undefined; readonly place: SitePlace };

/** The nearest shell and working directory win. */
export const readDefaults = (fields: Fields, { outer, viewer, place }: Nearest, reading: Reading): StepDefaults => {
  const directory = fields.get('working_directory')?.value;
  const ownDirectory =
    directory?.kind === 'scalar' && typeof directory.value === 'string'
      ? noteTemplate(directory, { place, viewer }, reading)
      : undefined;
  return {
    ...outer,
    shell: readShell(fields, reading) ?? outer.shell,
    workingDirectory: ownDirectory ?? outer.workingDirectory,
  };
};

const readShell = (fields: Fields, { mistakes }: Reading): string | undefined => {
  const node = fields.get('shell')?.value;
  const shell = textOf(node);
  if (node === undefined || shell === undefined) return undefined;
  if (!SHELLS.includes(shell) && !shell.includes('{0}') && !isTemplate(shell)) {
    const wanted = `${SHELLS.join(', ')} or a command with {0} in place of the script file`;
    mistakes.add('bad-shell', node, `unknown shell ${quote(shell)}${didYouMean(shell, SHELLS) || `; it is ${wanted}`}`);
  }
  return shell;
};

type StepText = { readonly fields: Fields; readonly script: string };

const readBase = ({ node, id, needs, viewer }: StepPoint, { fields, script }: StepText, reading: Reading): StepBase => {
  const standing = { place: 'step', viewer } as const;
  const name = fields.get('name')?.value;
  const timeoutMs = durationField(fields, { name: 'timeout', leastMs: 1 }, reading);
  const mutex = textField(fields, 'mutex');
  const stated = name?.kind === 'scalar' && typeof name.value === 'string';
  return {
    id,
    name: stated ? noteTemplate(name, standing, reading) : fields.has('id') ? id : firstLine(script) || id,
    line: reading.lines.lineAt(node.start),
    needs,
    env: templatesField(fields.get('env')?.value, standing, reading),
    continueOnError: booleanField(fields, 'continue_on_error'),
    onResume: textField(fields, 'on_resume') === 'rerun' ? 'rerun' : 'skip',
    reads: readGlobs('reads', { fields, viewer }, reading),
    writes: readGlobs('writes', { fields, viewer }, reading),
    ...(mutex !== undefined && { mutex }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
};

const firstLine = (script: string): string => shorten(/\S.*/.exec(script)?.[0].trimEnd() ?? '', LONGEST_NAME);

const readGlobs = (
  name: 'reads' | 'writes',
  { fields, viewer }: { readonly fields: Fields; readonly viewer: Viewer },
  reading: Reading,
): readonly Template[] => {
  const nodes = textNodes(fields.get(name)?.value);
  if (nodes.length === 0) return NO_TEXTS;
  return nodes.map((node) => {
    noteTemplate(node, { place: 'step', viewer }, reading);
    return safePath(node, { what: quote(name), mayBeRoot: true }, reading);
  });
};

const readCondition = (
  step: ProcessStep | ContainerStep,
  { viewer }: StepPoint,
  { fields, reading }: { readonly fields: Fields; readonly reading: Reading },
): void => {
  const node = fields.get('if')?.value;
  if (node?.kind !== 'scalar' || node.value === null) return;
  // The types promise that nobody changes a step; only the reading of the file, which is not over yet, does.
  const target: { if?: string } = step;
  if (typeof node.value === 'string') reading.sites.push({ node, place: 'step', viewer, conditionOf: target });
  else target.if = String(node.value);
};
