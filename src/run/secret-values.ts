import { parseTemplate } from '../expressions/parse-template.js';
import { isTemplate } from '../expressions/template-text.js';
import type { Scope } from '../expressions/evaluate.js';
import { listsIn, type Step, type Template } from '../language/pipeline.js';
import { evaluateText } from '../plan/step-inputs.js';
import type { RunContext } from './run-context.js';

/** Makes the values that an environment gives to declared secrets secret from now on. */
export const learnSecrets = (
  env: Readonly<Record<string, string>>,
  { pipeline, masker }: Pick<RunContext, 'pipeline' | 'masker'>,
): void => {
  for (const name of pipeline.secrets) masker.add(env[name] ?? '');
};

/**
 * Makes every value secret that a step's env gives to a declared secret, as far as it is known before the first step:
 * it is to be hidden from the first event on, which holds the inputs.
 */
export const learnDeclaredSecrets = (
  { pipeline, masker }: Pick<RunContext, 'pipeline' | 'masker'>,
  scope: Scope,
): void => {
  if (pipeline.secrets.length === 0) return;
  const steps = [...pipeline.steps, ...Object.values(pipeline.fallbacks).flat()];
  const templates = envsOf(steps).flatMap((env) => pipeline.secrets.flatMap((name) => env[name] ?? []));
  for (const template of templates.filter(isKnownAtStart)) {
    const value = evaluateText(template, scope);
    if (value.ok) masker.add(value.value);
  }
};

const envsOf = (steps: readonly Step[]): readonly Step['env'][] =>
  steps.flatMap((step) => [step.env, ...listsIn(step).flatMap(envsOf)]);

/** What depends on earlier steps, or on an env around it, would come to a part of its value. */
const isKnownAtStart = (template: Template): boolean => {
  if (!isTemplate(template)) return true;
  const parts = parseTemplate(template);
  if (!parts.ok) return false;
  const references = parts.value.flatMap((part) => (part.kind === 'text' ? [] : part.expression.references));
  return references.every(({ root }) => !NOT_KNOWN_AT_START.includes(root));
};

const NOT_KNOWN_AT_START: readonly string[] = ['steps', 'needs', 'env'];
