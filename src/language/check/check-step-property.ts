import { didYouMean } from '../../base/suggest.js';
import {
  NEED_PROPERTIES,
  RESULT_PROPERTIES,
  STEP_OUTPUT_PROPERTIES,
  STEP_PROPERTIES,
} from '../../expressions/known-names.js';
import { declaredOutputs, rowOf } from '../kinds/kind-rows.js';
import type { DiagnosticCode } from '../model/codes.js';
import { isContainer, type Step } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import { suggestId } from '../model/suggest-id.js';

/** Reports a mistake in the expression being checked. */
export type Report = (code: DiagnosticCode, message: string) => void;

/** `steps` or `needs`, and the names after it, id first; undefined for a name that is computed or `*`. */
export type StepPath = { readonly root: string; readonly path: readonly (string | undefined)[] };

/** Checks the property that is read of a step, and marks the step if its output is read. */
export const checkStepProperty = (step: Step, { root, path }: StepPath, report: Report): void => {
  const [id = '', property, key] = path;
  const owner = `${root}.${id}`;
  if (path.length === 1) return noteCapture(step);
  if (property === undefined)
    return report('computed-name', `a property of ${quote(owner)} must be written out, as in ${owner}.outcome`);
  const properties = root === 'needs' ? NEED_PROPERTIES : STEP_PROPERTIES;
  const givesResults = rowOf(step).gives === 'results';
  switch (property.toLowerCase()) {
    case 'output':
      return checkOutput(step, { owner, key, isWhole: path.length === 2 }, report);
    case 'outputs':
      return givesResults ? refuseOutputs(owner, key, report) : checkOutputs(step, key, report);
    case 'results':
      return givesResults ? checkResult(step, { root, path }, report) : refuseResults(owner, report);
    default:
      checkProperty(property, { owner, properties: properties.filter((name) => name !== 'results') }, report);
  }
};

/** A value with properties, by its name in the expression. */
export type Owner = { readonly owner: string; readonly properties: readonly string[] };

/** Whether the property exists; reports it otherwise. */
export const checkProperty = (name: string, { owner, properties }: Owner, report: Report): boolean => {
  const isKnown = properties.some((property) => property.toLowerCase() === name.toLowerCase());
  if (!isKnown) report('unknown-property', `${quote(owner)} has no ${quote(name)}${didYouMean(name, properties)}`);
  return isKnown;
};

type OutputAccess = { readonly owner: string; readonly key: string | undefined; readonly isWhole: boolean };

const checkOutput = (step: Step, { owner, key, isWhole }: OutputAccess, report: Report): void => {
  if (key === undefined) {
    if (!isWhole)
      return report('computed-name', `a property of "output" must be written out, as in ${owner}.output.status`);
    return noteCapture(step);
  }
  const properties = isContainer(step) ? ['status', 'duration'] : STEP_OUTPUT_PROPERTIES;
  const isKnown = checkProperty(key, { owner: `${owner}.output`, properties }, report);
  if (isKnown && /^std(?:out|err)$/i.test(key)) noteCapture(step);
};

const refuseOutputs = (owner: string, key: string | undefined, report: Report): void => {
  const end = key === undefined ? 'outputs' : `outputs.${key}`;
  const ways = `${owner}.results[0].${end} or ${owner}.results.*.${end}`;
  report('unknown-output', `the outputs of a fan-out are those of its items: read ${ways}`);
};

const refuseResults = (owner: string, report: Report): void =>
  report('unknown-property', `${quote(owner)} has no "results"; only a step with "for_each" has them`);

/** `results`, `results[0]`, `results.*` and what follows them. */
const checkResult = (step: Step, { root, path }: StepPath, report: Report): void => {
  const [id = '', , position, property, key] = path;
  const owner = `${root}.${id}.results`;
  if (position !== undefined && !/^\d+$/.test(position))
    return report('unknown-property', `a result is read by its position, as in ${owner}[0], or all as in ${owner}.*`);
  if (property === undefined || !checkProperty(property, { owner, properties: RESULT_PROPERTIES }, report)) return;
  if (property.toLowerCase() === 'outputs') checkOutputs(step, key, report);
};

const checkOutputs = (step: Step, key: string | undefined, report: Report): void => {
  const declared = declaredOutputs(step.kind, step);
  if (key === undefined || declared === undefined) return;
  const { names, where } = declared;
  if (names.some((name) => name.toLowerCase() === key.toLowerCase())) return;
  const hint = suggestId(key, names) || `; declare it in ${where}`;
  report('unknown-output', `the ${rowOf(step).word} ${quote(step.id)} has no output ${quote(key)}${hint}`);
};

/** Mutates the step, which is still being read. */
const noteCapture = (step: Step): void => {
  if (isContainer(step)) return;
  const target: { captures: boolean } = step;
  target.captures = true;
};
