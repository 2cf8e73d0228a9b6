import type { Json } from '../../src/base/stable-json.js';
import type { Result } from '../../src/base/result.js';
import { evaluateTemplate, type Scope } from '../../src/expressions/evaluate.js';

type Statuses = { readonly success?: boolean; readonly failure?: boolean; readonly cancelled?: boolean };

/** Values of the contexts that the tests of expressions read. */
export const VALUES: Readonly<Record<string, Json>> = {
  inputs: { channel: 'Beta', count: 3, dry: false, empty: '' },
  env: { PATH: '/bin', Path: '/mixed', NAME: 'x' },
  steps: {
    build: { outcome: 'success', outputs: { version: '1.2', list: '["a","b"]', bad: '{', 'with space': 'w' } },
    lint: { outcome: 'failure', outputs: {} },
    all: { results: [{ outcome: 'success' }, { outcome: 'failure' }, { other: 1 }] },
  },
  item: { constructor: 'c', name: 'n', nested: [[1, 2], [3]] },
  index: 0,
  run: { id: 'r', attempt: 2, resumed: true },
  matrix: null,
};

/** A scope over those values; steps have succeeded unless a test says otherwise. */
export const scopeWith = (statuses: Statuses = {}): Scope => ({
  context: (root) => VALUES[root] ?? null,
  functions: {
    success: () => statuses.success ?? true,
    failure: () => statuses.failure ?? false,
    cancelled: () => statuses.cancelled ?? false,
    hashFiles: (patterns) => `hash of ${patterns.join(' and ')}`,
  },
});

/** The value of an expression between `${{ }}`. */
export const evaluate = (text: string, scope = scopeWith()): Result<Json> => evaluateTemplate(`\${{ ${text} }}`, scope);
