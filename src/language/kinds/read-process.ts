import { durationField, textField, textNodes, type Fields } from '../read/field-values.js';
import type { ProcessStep } from '../model/pipeline.js';
import { readDefaults, withMutex } from '../read/read-defaults.js';
import { readRetry } from '../read/read-retry.js';
import { readBase } from '../read/read-step.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';

const KILL_GRACE_MS = 10_000;

/** Reads a step that starts processes; also one that is broken, which nobody will run. */
export const readProcess = (point: StepPoint, fields: Fields, reading: Reading): ProcessStep => {
  const commands = textNodes(fields.get('commands')?.value).map((node) => String(node.value));
  const run = textField(fields, 'run') ?? '';
  const script = fields.has('commands') ? (commands[0] ?? '') : run;
  const { defaults: outer, viewer } = point;
  const base = readBase(point, { fields, script, defaults: withMutex(outer, fields) }, reading);
  const defaults = readDefaults(fields, { outer, viewer, place: 'step' }, reading);
  const idleTimeoutMs = durationField(fields, { name: 'idle_timeout', leastMs: 1 }, reading);
  const timeoutMs = base.timeoutMs ?? defaults.timeoutMs;
  const retry = readRetry(fields, reading) ?? defaults.retry;
  const process = {
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
  return fields.has('commands')
    ? { ...process, kind: 'commands', commands, mode: textField(fields, 'mode') === 'continue' ? 'continue' : 'stop' }
    : { ...process, kind: 'script', run };
};
