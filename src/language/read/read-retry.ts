import { RETRY_SPELLINGS } from '../fields/step-fields.js';
import { durationField, fieldsOf, numberField, numbersOf, textField, textNodes, type Fields } from './field-values.js';
import type { Retry } from '../model/pipeline.js';
import { readPattern } from './read-pattern.js';
import type { Reading } from './scope.js';

/** Reads `retry` of a step or of `defaults`; undefined if absent. */
export const readRetry = (fields: Fields, reading: Reading): Retry | undefined => {
  const node = fields.get('retry')?.value;
  if (node === undefined) return undefined;
  const inner = fieldsOf(node, RETRY_SPELLINGS);
  const attempts = numberField(node.kind === 'map' ? inner : fields, node.kind === 'map' ? 'attempts' : 'retry') ?? 1;
  const maxDelayMs = durationField(inner, { name: 'max_delay', leastMs: 0 }, reading);
  const exitCodes = numbersOf(inner.get('exit_codes')?.value);
  const match = readPattern(inner.get('match')?.value, 'match', reading);
  const before = textField(inner, 'before');
  return {
    attempts,
    delayMs: durationField(inner, { name: 'delay', leastMs: 0 }, reading) ?? 0,
    factor: numberField(inner, 'factor') ?? 2,
    ...(maxDelayMs !== undefined && { maxDelayMs }),
    jitter: numberField(inner, 'jitter') ?? 0,
    ...(exitCodes.length > 0 && { exitCodes }),
    ...(match !== undefined && { match }),
    on: readCauses(inner),
    ...(before !== undefined && { before }),
  };
};

const CAUSES: Retry['on'] = ['failure', 'timeout'];

const readCauses = (fields: Fields): Retry['on'] => {
  const named = textNodes(fields.get('on')?.value).map(({ value }) => value);
  return named.length === 0 ? CAUSES : CAUSES.filter((cause) => named.includes(cause));
};
