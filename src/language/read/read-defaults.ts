import { didYouMean } from '../../base/suggest.js';
import { isTemplate } from '../../expressions/template-text.js';
import { durationField, NO_TEXTS, noteTemplate, textField, type Fields, type Standing } from './field-values.js';
import { quote } from '../model/quote.js';
import { readRetry } from './read-retry.js';
import type { Reading } from './scope.js';
import { SHELLS } from '../fields/shared-fields.js';
import type { StepDefaults, StepPoint } from './step-point.js';
import { textOf } from '../yaml/yaml-tree.js';

/** The defaults of a file without `defaults`. */
export const NO_DEFAULTS: StepDefaults = {
  shell: undefined,
  workingDirectory: undefined,
  timeoutMs: undefined,
  retry: undefined,
  mutexes: NO_TEXTS,
};

/** Reads `defaults` of the file. */
export const readFileDefaults = (fields: Fields, reading: Reading): StepDefaults => ({
  ...readDefaults(fields, { outer: NO_DEFAULTS, viewer: undefined, place: 'file-directory' }, reading),
  timeoutMs: durationField(fields, { name: 'timeout', leastMs: 1 }, reading),
  retry: readRetry(fields, reading),
});

/** The defaults that the lists in a container inherit, with its mutex, which is held while they run. */
export const readInnerDefaults = (point: StepPoint, fields: Fields, reading: Reading): StepDefaults => {
  const { defaults: outer, viewer } = point;
  return withMutex(readDefaults(fields, { outer, viewer, place: 'container-directory' }, reading), fields);
};

/** The same defaults, with the step's own mutex added to those held. */
export const withMutex = (defaults: StepDefaults, fields: Fields): StepDefaults => {
  const mutex = textField(fields, 'mutex');
  return mutex === undefined ? defaults : { ...defaults, mutexes: [...defaults.mutexes, mutex] };
};

type Nearest = Standing & { readonly outer: StepDefaults };

/** Reads a shell and a working directory, which override those from outside. */
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
