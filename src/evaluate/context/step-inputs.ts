import { err, ok, type Result } from '../../base/result.js';
import { evaluateTemplate, type Scope } from '../../expressions/evaluate.js';
import { asText, isTemplate } from '../../expressions/template-text.js';
import type { ProcessStep, Template } from '../../language/model/pipeline.js';

import { WITHHELD, type StepScope } from './step-context.js';

/** The evaluated templates of a process step. */
export type StepInputs = {
  readonly env: Readonly<Record<string, string>>;
  readonly shell: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
};

/** Evaluates all templates that determine what a step does; the error names the field. */
export const evaluateInputs = (step: ProcessStep, scope: StepScope): Result<StepInputs> => {
  const env = evaluateEnv(step.env, scope);
  if (!env.ok) return env;
  const workingDirectory = evaluateOptional(step.workingDirectory, scope);
  if (!workingDirectory.ok) return err(`working_directory: ${workingDirectory.error}`);
  const reads = evaluateAll(step.reads, scope);
  if (!reads.ok) return err(`reads: ${reads.error}`);
  const writes = evaluateAll(step.writes, scope);
  if (!writes.ok) return err(`writes: ${writes.error}`);
  const defaults = scope.defaults();
  return ok({
    env: env.value,
    shell: step.shell ?? defaults.shell,
    workingDirectory: workingDirectory.value ?? defaults.workingDirectory,
    reads: reads.value,
    writes: writes.value,
  });
};

/** Evaluates declared env: each value becomes text, or a stand-in if the scope hides it. */
export const evaluateEnv = (
  env: Readonly<Record<string, Template>>,
  scope: StepScope,
): Result<Readonly<Record<string, string>>> => {
  const names = Object.keys(env);
  const isHidden = (name: string): boolean => scope.hidden?.has(name) === true;
  if (!names.some((name) => isHidden(name) || isTemplate(env[name] ?? ''))) return ok(env);
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = isHidden(name) ? ok(WITHHELD) : evaluateText(env[name] ?? '', scope);
    if (!value.ok) return err(`env.${name}: ${value.error}`);
    values[name] = value.value;
  }
  return ok(values);
};

/** Evaluates a template to text. */
export const evaluateText = (template: Template, scope: Scope): Result<string> => {
  if (!isTemplate(template)) return ok(template);
  const value = evaluateTemplate(template, scope);
  return value.ok ? ok(asText(value.value)) : value;
};

const evaluateOptional = (template: Template | undefined, scope: Scope): Result<string | undefined> =>
  template === undefined ? ok(undefined) : evaluateText(template, scope);

const evaluateAll = (templates: readonly Template[], scope: Scope): Result<readonly string[]> => {
  if (!templates.some(isTemplate)) return ok(templates);
  const values: string[] = [];
  for (const template of templates) {
    const value = evaluateText(template, scope);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values);
};
