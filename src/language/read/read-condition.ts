import type { Standing } from './field-values.js';
import type { ConditionUse, Reading } from './scope.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** Passes a field's condition to `take`: at once for a plain number or boolean, else after it has been checked. */
export const readCondition = (
  node: YamlNode | undefined,
  { place, viewer, take, isIf }: Standing & ConditionUse,
  reading: Reading,
): void => {
  if (node?.kind !== 'scalar' || node.value === null) return;
  if (typeof node.value === 'string') reading.sites.push({ node, place, viewer, condition: { take, isIf } });
  else take(String(node.value), false);
};
