import { parseTemplate } from '../../expressions/parse-template.js';
import { isTemplate } from '../../expressions/template-text.js';
import type { Scope } from '../../expressions/evaluate.js';
import type { Pipeline, Template } from '../../language/model/pipeline.js';
import { calledPipelines, writtenSteps } from '../../language/model/written-steps.js';
import { evaluateText } from '../../evaluate/context/step-inputs.js';
import type { RunContext } from './run-context.js';

/** Masks the environment's values of declared secrets from now on. */
export const learnSecrets = (
  env: Readonly<Record<string, string>>,
  { pipeline, masker }: Pick<RunContext, 'pipeline' | 'masker'>,
): void => {
  for (const name of pipeline.secrets) masker.add(env[name] ?? '');
};

/**
 * Masks the values that steps' env gives to declared secrets, as far as they are known before the first step. They must
 * be hidden from the first event on, because it contains the inputs.
 */
export const learnDeclaredSecrets = (
  { pipeline, masker }: Pick<RunContext, 'pipeline' | 'masker'>,
  scope: Scope,
): void => {
  if (pipeline.secrets.length === 0) return;
  for (const { template, isCalled } of declaredSecrets(pipeline)) {
    if (!isKnownAtStart(template, isCalled ? [...NOT_KNOWN_AT_START, 'inputs'] : NOT_KNOWN_AT_START)) continue;
    const value = evaluateText(template, scope);
    if (value.ok) masker.add(value.value);
  }
};

type Declared = { readonly template: Template; readonly isCalled: boolean };

/** Visits each file once, however often it is called: calls that double at every level would grow exponentially. */
const declaredSecrets = (pipeline: Pipeline): readonly Declared[] => {
  const own = [...writtenSteps(pipeline)].map((step) => ({ env: step.env, isCalled: false }));
  const called = calledPipelines(pipeline).flatMap((file) =>
    [file, ...writtenSteps(file)].map(({ env }) => ({ env, isCalled: true })),
  );
  return [...own, ...called].flatMap(({ env, isCalled }) =>
    pipeline.secrets.flatMap((name) => (env[name] === undefined ? [] : [{ template: env[name], isCalled }])),
  );
};

/** A template that depends on earlier steps or on an outer env would yield only part of its value. */
const isKnownAtStart = (template: Template, unknown: readonly string[]): boolean => {
  if (!isTemplate(template)) return true;
  const parts = parseTemplate(template);
  if (!parts.ok) return false;
  const references = parts.value.flatMap((part) => (part.kind === 'text' ? [] : part.expression.references));
  return references.every(({ root }) => !unknown.includes(root));
};

const NOT_KNOWN_AT_START: readonly string[] = ['steps', 'needs', 'env', 'item', 'index', 'failure'];
