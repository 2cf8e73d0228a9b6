import { err, ok, type Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import { evaluateTemplate, type Scope } from '../expressions/evaluate.js';
import { readCallInputs } from '../language/inputs.js';
import type { CallStep, InputValues } from '../language/pipeline.js';
import { listScope, withBindings, type ListScope } from './step-context.js';

/** The inputs that a call gives its pipeline, checked; the error names what has no value or the wrong type. */
export const callInputs = ({ with: given, called }: CallStep, scope: Scope): Result<InputValues> => {
  const values = evaluateGiven(given, scope);
  return values.ok ? readCallInputs(called.inputs, values.value) : values;
};

/** The same as fingerprints see them: what stands for a value that may not be stored need not fit the input. */
export const recordedCallInputs = ({ with: given, called }: CallStep, scope: Scope): Result<InputValues> => {
  const values = evaluateGiven(given, scope);
  if (!values.ok) return values;
  const inputs = called.inputs.map((spec): readonly [string, Json] => {
    const read = readCallInputs([spec], values.value);
    return [spec.name, (read.ok ? read.value : values.value)[spec.name] ?? null];
  });
  return ok(Object.fromEntries(inputs));
};

/** The list of a called pipeline, whose steps see each other and the inputs, and nothing of the file that calls. */
export const calledList = (
  { called }: CallStep,
  path: string,
  { live, recorded }: Readonly<Record<'live' | 'recorded', InputValues>>,
): ListScope => withBindings(listScope(path, called.steps), { inputs: live }, { inputs: recorded });

const evaluateGiven = (given: CallStep['with'], scope: Scope): Result<Readonly<Record<string, Json>>> => {
  const values: Record<string, Json> = {};
  for (const [name, template] of Object.entries(given)) {
    const value = evaluateTemplate(template, scope);
    if (!value.ok) return err(`with.${name}: ${value.error}`);
    values[name] = value.value;
  }
  return ok(values);
};
