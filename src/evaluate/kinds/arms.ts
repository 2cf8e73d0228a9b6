import { ok, err, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { evaluateExpression, type Scope } from '../../expressions/evaluate.js';
import { parseCondition } from '../../expressions/parse-template.js';
import { asText } from '../../expressions/template-text.js';
import {
  pathBelow,
  type Arm,
  type BranchStep,
  type Condition,
  type SwitchStep,
} from '../../language/model/pipeline.js';
import type { ChoosingKind, ContainerKind } from './container-kind.js';
import { referencesIn, valuesOf } from './values-read.js';

/** The arm that a branch or switch takes, undefined for none, and the deciding value as text. */
export type ArmChoice = { readonly arm: Arm | undefined; readonly value: string };

const list: ContainerKind<BranchStep | SwitchStep>['list'] = ({ arms }, path, choice) => {
  const arm = choice?.kind === 'arm' ? arms.find(({ name }) => name === choice.arm) : undefined;
  return arm === undefined ? undefined : { path: pathBelow(path, arm.name), steps: arm.steps };
};

const openLists: ChoosingKind<BranchStep | SwitchStep>['openLists'] = ({ arms }, path) =>
  arms.map(({ name, steps }) => ({ path: pathBelow(path, name), steps, because: `if "${name}" is taken` }));

const takesNone = (step: BranchStep | SwitchStep, scope: Scope): boolean => {
  const chosen = chooseArm(step, scope);
  return chosen.ok && chosen.value.arm === undefined;
};

/** `if` with `then` and `else`. */
export const branchKind: ContainerKind<BranchStep> = {
  definition: ({ condition, outputs }) => [condition, outputs],
  list,
  choosing: {
    reads: ({ condition }, scope) => valuesOf(referencesIn(condition), scope),
    canChoose: (step, scope) => chooseArm(step, scope),
    openLists,
    takesNone: (step, scope) => (takesNone(step, scope) ? NO_ELSE : undefined),
  },
};

/** `switch` with `cases`. */
export const switchKind: ContainerKind<SwitchStep> = {
  definition: ({ value, arms, outputs }) => [value, arms.map(({ text }) => text ?? null), outputs],
  list,
  choosing: {
    reads: ({ value }, scope) => valuesOf(referencesIn(value), scope),
    canChoose: (step, scope) => chooseArm(step, scope),
    openLists,
    // The value could hold a secret; the recorded reason is masked.
    takesNone: (step, scope, before) => (takesNone(step, scope) ? before : undefined),
  },
};

/** Chooses the arm of a branch or switch; the error names the field whose expression failed. */
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

/** Whether the condition of a branch or loop holds; unlike in the `if` of a step, `success()` is not implied. */
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

/** The reason for skipping a branch whose condition does not hold. */
const NO_ELSE = 'its condition does not hold and there is no else';

/** The reason for skipping a branch or switch that takes no arm. */
export const noArmBecause = ({ kind }: BranchStep | SwitchStep, value: string): string =>
  kind === 'branch' ? NO_ELSE : `no case is ${JSON.stringify(value)}`;
