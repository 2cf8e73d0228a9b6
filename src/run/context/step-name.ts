import type { Scope } from '../../expressions/evaluate.js';
import type { Step } from '../../language/model/pipeline.js';
import { evaluateText } from '../../evaluate/context/step-inputs.js';

/** A step's name as its template evaluates; as it is written where that fails, since a name decides nothing. */
export const stepName = (step: Step, scope: Scope): string => {
  const name = evaluateText(step.name, scope);
  return name.ok ? name.value : step.name;
};
