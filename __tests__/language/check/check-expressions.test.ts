import { expect, test } from 'vitest';
import { mistakesIn } from '../reading.js';

test.each([
  ['plain', 'if: github.reff', 11],
  ['after other text', 'name: a ${{ github.reff }}', 19],
  ['in quotes', 'name: "${{ github.reff }}"', 18],
  ['in a condition with its marks', 'if: ${{  github.reff }}', 16],
])('a name is marked where it stands: %s', async (_, field, column) => {
  expect(await mistakesIn(`steps:\n  - ${field}\n    run: a\n`)).toEqual([
    `2:${column - 2} "github" has no "reff", did you mean "ref"? [unknown-property]`,
  ]);
});

test('where a text is written differently its start is marked', async () => {
  expect(await mistakesIn('steps:\n  - name: "\\t${{ github.reff }}"\n    run: a\n')).toEqual([
    expect.stringContaining('2:11 "github" has no "reff"'),
  ]);
});

test.each(['!cancelled()', '! cancelled()', 'always()', 'success() || failure()'])(
  '%s may stand in a condition',
  async (condition) => {
    expect(await mistakesIn(`steps: [{run: a, if: "${condition}"}]`)).toEqual([]);
  },
);

test.each(['cancelled()', 'always() && cancelled()', 'Cancelled()'])(
  '%s is told where such steps belong',
  async (condition) => {
    expect(await mistakesIn(`steps: [{run: a, if: "${condition}"}]`)).toEqual([
      expect.stringMatching(/on_abortion.*finally.*\[misplaced-function\]$/),
    ]);
  },
);

test('hashFiles may stand anywhere', async () => {
  expect(await mistakesIn(`steps: [{run: a, env: {A: "\${{ hashFiles('*') }}"}, if: "hashFiles('a') != ''"}]`)).toEqual(
    [],
  );
});
