import { expect, test } from 'vitest';
import type { Scope } from '../../../src/expressions/evaluate.js';
import { stepName } from '../../../src/run/context/step-name.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';

const scope: Scope = {
  context: () => ({ what: 'it' }),
  functions: { success: () => true, failure: () => false, cancelled: () => false, hashFiles: () => '' },
};

test.each([
  ['Build', 'Build'],
  ['Build ${{ inputs.what }}', 'Build it'],
  ["Build ${{ fromJSON('{') }}", "Build ${{ fromJSON('{') }}"],
])('"%s" is shown as "%s"', (name, shown) => {
  const [step] = pipeline([script('a', { name })]).steps;
  expect(step && stepName(step, scope)).toBe(shown);
});
