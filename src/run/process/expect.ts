import { never } from '../../base/assert.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { evaluateExpression, type Scope } from '../../expressions/evaluate.js';
import { parseCondition } from '../../expressions/parse-template.js';
import { asText } from '../../expressions/template-text.js';
import type { Check, ConditionCheck, OutputCheck } from '../../language/model/pipeline.js';
import { checkFiles } from './check-files.js';
import type { RunContext } from '../context/run-context.js';

/** What checks look at: a step that `RunContext.pending` shows as it turned out, and what its expressions see. */
export type CheckedStep = { readonly path: string; readonly scope: Scope };

/** What the checks of a step came to. */
export type Expected = {
  /** One line that names every check that does not hold; undefined when the step passes. */
  readonly error?: string;
  /** One line for each that does not hold, but only warns. */
  readonly warnings: readonly string[];
};

/** Looks at what a step produced, all of its checks. An expression that raises is an error whatever its level. */
export const checkProduced = async (
  checks: readonly Check[],
  checked: CheckedStep,
  context: Pick<RunContext, 'files' | 'live'>,
): Promise<Expected> => {
  const failures: string[] = [];
  const warnings: string[] = [];
  for (const check of checks) {
    const fault = await faultOf(check, checked, context);
    if (!fault.ok) failures.push(fault.error);
    else if (fault.value !== undefined) (check.level === 'error' ? failures : warnings).push(fault.value);
  }
  return {
    ...(failures.length > 0 && { error: `expect: ${failures.join('; ')}` }),
    warnings: warnings.map((warning) => `expect: ${warning}`),
  };
};

/** Why a check does not hold, with what it is about; undefined when it does. */
const faultOf = async (
  check: Check,
  { path, scope }: CheckedStep,
  { files, live }: Pick<RunContext, 'files' | 'live'>,
): Promise<Result<string | undefined>> => {
  switch (check.kind) {
    case 'files':
      return checkFiles(check, scope, files);
    case 'output':
      return ok(checkOutput(check, outputsOf(path, live)));
    case 'that':
      return checkCondition(check, scope);
    default:
      return never(check);
  }
};

const outputsOf = (path: string, live: RunContext['live']): Readonly<Record<string, Json>> => {
  const record = live.record(path);
  return record === undefined ? {} : live.outputs(record);
};

/** Names of outputs do not mind case, as in expressions. */
const checkOutput = ({ name, matches }: OutputCheck, outputs: Readonly<Record<string, Json>>): string | undefined => {
  const wanted = name.toLowerCase();
  const found = Object.keys(outputs).find((each) => each.toLowerCase() === wanted);
  if (found === undefined) return `there is no output "${name}"`;
  const isMatch = new RegExp(matches, 'm').test(asText(outputs[found] ?? null));
  return isMatch ? undefined : `output "${name}" does not match ${matches}`;
};

/** The rule that `success()` is implied is for starting a step: this one is at its end. */
const checkCondition = ({ condition }: ConditionCheck, scope: Scope): Result<string | undefined> => {
  const parsed = parseCondition(condition);
  if (!parsed.ok) return err(parsed.error.message);
  const value = evaluateExpression(parsed.value, scope);
  if (!value.ok) return value;
  return ok(value.value ? undefined : `does not hold: ${condition.replaceAll(/\s+/g, ' ').trim()}`);
};
