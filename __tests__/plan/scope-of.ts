import type { Json } from '../../src/base/stable-json.js';
import type { StepScope } from '../../src/evaluate/context/step-context.js';

/** A scope with these contexts by name, in which all goes well. */
export const scopeOf = (
  contexts: Readonly<Record<string, Json>>,
  { success = true }: { readonly success?: boolean } = {},
): StepScope => ({
  context: (root) => contexts[root] ?? null,
  defaults: () => ({}),
  functions: {
    success: () => success,
    failure: () => !success,
    cancelled: () => false,
    hashFiles: (patterns) => `hash of ${patterns.join()}`,
  },
});
