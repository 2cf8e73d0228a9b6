import { never } from '../../base/assert.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { evaluateExpression, type Scope } from '../../expressions/evaluate.js';
import { parseCondition } from '../../expressions/parse-template.js';
import { asText } from '../../expressions/template-text.js';
import type { Check, ConditionCheck, OutputCheck } from '../../language/model/pipeline.js';
import { checkFiles } from './check-files.js';
import type { RunContext } from '../context/run-context.js';

/** A step to check, with its result in `RunContext.unsettled`, and the scope of its check expressions. */
export type CheckedStep = { readonly path: string; readonly scope: Scope };

/** The result of a step's checks. */
export type Expected = {
  /** One line that names every failed check, except those that only warn; undefined when the step passes. */
  readonly error?: string;
  /** One line for each failed check that only warns. */
  readonly warnings: readonly string[];
};

/** Runs all checks of a step. An expression that cannot be evaluated fails the step, whatever the check's level. */
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

/** Why a check fails, naming its subject; undefined when it holds. */
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

/** Output names are case-insensitive, as in expressions. */
const checkOutput = ({ name, matches }: OutputCheck, outputs: Readonly<Record<string, Json>>): string | undefined => {
  const wanted = name.toLowerCase();
  const found = Object.keys(outputs).find((each) => each.toLowerCase() === wanted);
  if (found === undefined) return `there is no output "${name}"`;
  const isMatch = new RegExp(matches, 'm').test(asText(outputs[found] ?? null));
  return isMatch ? undefined : `output "${name}" does not match ${matches}`;
};

/** Without the implied `success()`, which only applies to starting a step. */
const checkCondition = ({ condition }: ConditionCheck, scope: Scope): Result<string | undefined> => {
  const parsed = parseCondition(condition);
  if (!parsed.ok) return err(parsed.error.message);
  const value = evaluateExpression(parsed.value, scope);
  if (!value.ok) return value;
  return ok(value.value ? undefined : `does not hold: ${condition.replaceAll(/\s+/g, ' ').trim()}`);
};
