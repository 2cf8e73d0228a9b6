import type { Json } from '../base/stable-json.js';
import { valuesDigest } from './fingerprint.js';
import { withBindings, type ListScope } from './step-context.js';

/** What differs for each item of a fan-out: its own list, and the digest of the values it depends on. */
export type ItemScope = { readonly list: ListScope; readonly values: string };

/** Items as steps see them, and as fingerprints do. */
export type BothItems = Readonly<Record<'live' | 'recorded', readonly Json[]>>;

/** What each item of a fan-out sees on top of its list, with the digest of `values` and the item. */
export const itemScopes = (list: ListScope, { live, recorded }: BothItems, values: string): readonly ItemScope[] =>
  recorded.map((item, index) => ({
    list: withBindings(list, { item: live[index] ?? null, index }, { item, index }),
    values: valuesDigest(values, item),
  }));
