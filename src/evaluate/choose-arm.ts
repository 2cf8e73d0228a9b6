import { ok, err, type Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import { evaluateExpression, type Scope } from '../expressions/evaluate.js';
import { parseCondition } from '../expressions/parse-template.js';
import { asText } from '../expressions/template-text.js';
import type { Arm, BranchStep, Condition, SwitchStep } from '../language/model/pipeline.js';

/** The arm that a branch or switch takes, undefined for none, and the value that says so as text. */
export type ArmChoice = { readonly arm: Arm | undefined; readonly value: string };

/** Which arm a branch or switch takes; the error names the field whose expression raises. */
export const chooseArm = (step: BranchStep | SwitchStep, scope: Scope): Result<ArmChoice> => {
  if (step.kind === 'switch') {
    const value = valueOf(step.value, scope);
    return value.ok ? ok(caseFor(step, asText(value.value))) : err(`switch: ${value.error}`);
  }
  const holds = conditionHolds(step.condition, scope);
  if (!holds.ok) return err(`if: ${holds.error}`);
  const name = holds.value ? 'then' : 'else';
  return ok({ arm: step.arms.find((arm) => arm.name === name), value: String(holds.value) });
};

/** Whether a condition holds that only chooses: nothing is implied in it. */
export const conditionHolds = (condition: Condition, scope: Scope): Result<boolean> => {
  const value = valueOf(condition, scope);
  return value.ok ? ok(Boolean(value.value)) : value;
};

/** The value of a field that is one expression. */
export const valueOf = (text: Condition, scope: Scope): Result<Json> => {
  const expression = parseCondition(text);
  return expression.ok ? evaluateExpression(expression.value, scope) : err(expression.error.message);
};

const caseFor = ({ arms }: SwitchStep, value: string): ArmChoice => ({
  arm: arms.find(({ text }) => text === value) ?? arms.find(({ text }) => text === undefined),
  value,
});

/** Why a branch is skipped whose condition does not hold. */
export const NO_ELSE = 'its condition does not hold and there is no else';

/** Why a branch or switch is skipped that takes no arm for a value. */
export const noArmBecause = ({ kind }: BranchStep | SwitchStep, value: string): string =>
  kind === 'branch' ? NO_ELSE : `no case is ${JSON.stringify(value)}`;
