import { shorten } from '../model/quote.js';
import { booleanField, durationField, noteTemplate, templatesField, textField, type Fields } from './field-values.js';
import type { StepBase } from '../model/pipeline.js';
import { readInnerDefaults } from './read-defaults.js';
import { readExpect } from './read-expect.js';
import { readFallbacks } from './read-fallbacks.js';
import { readGlobs } from './read-globs.js';
import type { Reading, Scope } from './scope.js';
import type { StepDefaults, StepPoint } from './step-point.js';

export type { StepPoint } from './step-point.js';

/** How a kind of step reads the fields that every step has. */
export type BaseUse = {
  readonly fields: Fields;
  /** Its first line becomes the display name of a step without name and id. */
  readonly script: string;
  /** The defaults for its fallbacks; absent: those a container passes to its lists. */
  readonly defaults?: StepDefaults;
  /** The steps inside, as seen by its checks. */
  readonly inside?: Scope;
  /** The outputs its checks can read; absent: any. */
  readonly outputs?: readonly string[];
};

const LONGEST_NAME = 60;

/** Reads the fields that every step has, except `if`, which `readStepList` reads. */
export const readBase = (point: StepPoint, use: BaseUse, reading: Reading): StepBase => {
  const { fields, script } = use;
  const { node, id, needs, viewer, readList } = point;
  const standing = { place: 'step', viewer } as const;
  const name = fields.get('name')?.value;
  const timeoutMs = durationField(fields, { name: 'timeout', leastMs: 1 }, reading);
  const mutex = textField(fields, 'mutex');
  const stated = name?.kind === 'scalar' && typeof name.value === 'string';
  const itself = { ...viewer, seesItself: true } as const;
  const ended = use.inside === undefined ? itself : ({ scope: use.inside, at: 'end', around: itself } as const);
  const defaults = use.defaults ?? readInnerDefaults(point, fields, reading);
  return {
    id,
    name: stated ? noteTemplate(name, standing, reading) : fields.has('id') ? id : firstLine(script) || id,
    line: reading.lines.lineAt(node.start),
    needs,
    env: templatesField(fields.get('env')?.value, standing, reading),
    continueOnError: booleanField(fields, 'continue_on_error'),
    onResume: textField(fields, 'on_resume') === 'rerun' ? 'rerun' : 'skip',
    reads: readGlobs(fields, { name: 'reads', viewer }, reading),
    writes: readGlobs(fields, { name: 'writes', viewer }, reading),
    ...(mutex !== undefined && { mutex }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    expect: readExpect(fields.get('expect')?.value, { viewer, ended, outputs: use.outputs }, reading),
    fallbacks: readFallbacks(fields, { around: itself, defaults, readList }, reading),
  };
};

const firstLine = (script: string): string => shorten(/\S.*/.exec(script)?.[0].trimEnd() ?? '', LONGEST_NAME);
