import type { Json } from '../base/stable-json.js';
import { valuesDigest } from './fingerprint.js';
import type { ItemScope } from './planning.js';
import { withBindings, type ListScope } from './step-context.js';

/** Items as steps see them, and as fingerprints do. */
export type BothItems = Readonly<Record<'live' | 'recorded', readonly Json[]>>;

/** What each item of a fan-out sees on top of its list, with the digest of `values` and the item. */
export const itemScopes = (list: ListScope, { live, recorded }: BothItems, values: string): readonly ItemScope[] =>
  recorded.map((item, index) => ({
    list: withBindings(list, { item: live[index] ?? null, index }, { item, index }),
    values: valuesDigest(values, item),
  }));
