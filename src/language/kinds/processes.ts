import { durationField, textField, textNodes, type Fields } from '../read/field-values.js';
import { choice, listOf } from '../fields/shape.js';
import * as shared from '../fields/shared-fields.js';
import { PROCESS_FIELDS } from '../fields/step-fields.js';
import type { ProcessStepBase } from '../model/pipeline.js';
import { readDefaults, withMutex } from '../read/read-defaults.js';
import { readRetry } from '../read/read-retry.js';
import { readBase } from '../read/read-step.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';
import type { KindRow } from './kind-row.js';

/** The shared part of the kinds that start processes; their outputs can have any name. */
const PROCESS = {
  word: 'step',
  choosesByIf: false,
  gives: 'outputs',
  declaredOutputs: () => undefined,
} as const;

/** `run: text` */
export const SCRIPT: KindRow<'script'> = {
  ...PROCESS,
  marks: [{ name: 'run', isKind: true, shape: shared.script, about: 'A script for the shell.' }],
  fields: PROCESS_FIELDS,
  read: (point, fields, reading) => {
    const run = textField(fields, 'run') ?? '';
    return { ...readProcess(point, { fields, script: run }, reading), kind: 'script', run };
  },
};

/** `commands: [text]` */
export const COMMANDS: KindRow<'commands'> = {
  ...PROCESS,
  marks: [
    {
      name: 'commands',
      isKind: true,
      shape: listOf(shared.script, 1),
      about: 'Scripts that run in turn, each in its own shell.',
    },
  ],
  fields: [
    ...PROCESS_FIELDS,
    {
      name: 'mode',
      shape: choice('stop', 'continue'),
      about: 'After a failed command: stop (default), or continue with the next one and fail at the end.',
    },
  ],
  read: (point, fields, reading) => {
    const commands = textNodes(fields.get('commands')?.value).map((node) => String(node.value));
    const process = readProcess(point, { fields, script: commands[0] ?? '' }, reading);
    const mode = textField(fields, 'mode') === 'continue' ? 'continue' : 'stop';
    return { ...process, kind: 'commands', commands, mode };
  },
};

const KILL_GRACE_MS = 10_000;

const readProcess = (
  point: StepPoint,
  { fields, script }: { readonly fields: Fields; readonly script: string },
  reading: Reading,
): ProcessStepBase => {
  const { defaults: outer, viewer } = point;
  const base = readBase(point, { fields, script, defaults: withMutex(outer, fields) }, reading);
  const defaults = readDefaults(fields, { outer, viewer, place: 'step' }, reading);
  const idleTimeoutMs = durationField(fields, { name: 'idle_timeout', leastMs: 1 }, reading);
  const timeoutMs = base.timeoutMs ?? defaults.timeoutMs;
  const retry = readRetry(fields, reading) ?? defaults.retry;
  return {
    ...base,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(defaults.shell !== undefined && { shell: defaults.shell }),
    ...(defaults.workingDirectory !== undefined && { workingDirectory: defaults.workingDirectory }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
    killGraceMs: durationField(fields, { name: 'kill_grace', leastMs: 0 }, reading) ?? KILL_GRACE_MS,
    captures: false,
    ...(retry !== undefined && { retry }),
    ...(textField(fields, 'output_format') === 'json' && { outputFormat: 'json' as const }),
  };
};
