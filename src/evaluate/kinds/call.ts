import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { evaluateTemplate, type Scope } from '../../expressions/evaluate.js';
import { readCallInputs } from '../../language/read/inputs.js';
import type { CallStep, InputValues } from '../../language/model/pipeline.js';
import { valuesDigest } from '../context/digests.js';
import { evaluateBoth, firstProblems, problemsOf, scopesAt, withEnv, type Sources } from '../context/site.js';
import { listScope, withBindings, type ListScope, type ScriptDefaults } from '../context/step-context.js';
import { evaluateText } from '../context/step-inputs.js';
import type { ContainerKind, EnteredList, OwnSite } from './container-kind.js';

/** `pipeline`: the steps of another file, inside the env of that file. */
export const callKind: ContainerKind<CallStep> = {
  definition: ({ called }) => [called.outputs],
  list: ({ called }, path) => ({ path, steps: called.steps }),
  enter: (step, own, sources) => enterCall(step, own, sources),
};

const enterCall = (step: CallStep, { path, site, scopes }: OwnSite, sources: Sources): EnteredList => {
  const live = callInputs(step, scopes.live);
  const recorded = recordedCallInputs(step, scopes.recorded);
  const compared = recorded.ok ? recorded.value : NOTHING_GIVEN;
  const list = calledList(step, path, { live: live.ok ? live.value : compared, recorded: compared });
  const { env, problems } = evaluateBoth(step.called.env, scopesAt({ list, frames: site.frames }, {}, sources));
  const named = (problem: string | undefined): string | undefined => problem && `${step.called.file}: ${problem}`;
  const inside = withEnv({ ...site, list, values: valuesDigest(site.values, compared.inputs) }, env);
  return {
    inner: { list, values: inside.values, env: inside.env, frames: inside.frames },
    problems: firstProblems(problemsOf(live, recorded), {
      live: named(problems.live),
      recorded: named(problems.recorded),
    }),
    declared: env.live,
  };
};

const NOTHING_GIVEN: GivenToCall = { inputs: {}, defaults: {} };

/** The inputs and script defaults that a call gives its pipeline. */
export type GivenToCall = { readonly inputs: InputValues; readonly defaults: ScriptDefaults };

/** Evaluates and checks the inputs and defaults of a call; the error names the field or input that is wrong. */
export const callInputs = (step: CallStep, scope: Scope): Result<GivenToCall> => {
  const values = evaluateGiven(step.with, scope);
  if (!values.ok) return values;
  const inputs = readCallInputs(step.called.inputs, values.value);
  return inputs.ok ? withDefaults(step, inputs.value, scope) : inputs;
};

/** The same for fingerprints: a stand-in for a secret need not have the type of the input. */
export const recordedCallInputs = (step: CallStep, scope: Scope): Result<GivenToCall> => {
  const values = evaluateGiven(step.with, scope);
  if (!values.ok) return values;
  const inputs = step.called.inputs.map((spec): readonly [string, Json] => {
    const read = readCallInputs([spec], values.value);
    return [spec.name, (read.ok ? read.value : values.value)[spec.name] ?? null];
  });
  return withDefaults(step, Object.fromEntries(inputs), scope);
};

const withDefaults = (
  { shell, workingDirectory }: CallStep,
  inputs: InputValues,
  scope: Scope,
): Result<GivenToCall> => {
  const directory = workingDirectory === undefined ? ok(undefined) : evaluateText(workingDirectory, scope);
  if (!directory.ok) return err(`working_directory: ${directory.error}`);
  return ok({
    inputs,
    defaults: {
      ...(shell !== undefined && { shell }),
      ...(directory.value !== undefined && { workingDirectory: directory.value }),
    },
  });
};

/** The list of a called pipeline: its steps see each other and the inputs, but nothing of the calling file. */
export const calledList = (
  { called }: CallStep,
  path: string,
  { live, recorded }: Readonly<Record<'live' | 'recorded', GivenToCall>>,
): ListScope => ({
  ...withBindings(listScope(path, called.steps), { inputs: live.inputs }, { inputs: recorded.inputs }),
  defaults: { live: live.defaults, recorded: recorded.defaults },
});

const evaluateGiven = (given: CallStep['with'], scope: Scope): Result<Readonly<Record<string, Json>>> => {
  const values: Record<string, Json> = {};
  for (const [name, template] of Object.entries(given)) {
    const value = evaluateTemplate(template, scope);
    if (!value.ok) return err(`with.${name}: ${value.error}`);
    values[name] = value.value;
  }
  return ok(values);
};
