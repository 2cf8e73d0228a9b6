import { didYouMean } from '../base/suggest.js';
import {
  CONTEXT_NAMES,
  GITHUB_PROPERTIES,
  NEED_PROPERTIES,
  RUN_PROPERTIES,
  RUNNER_PROPERTIES,
  STEP_OUTPUT_PROPERTIES,
  STEP_PROPERTIES,
} from '../expressions/known-names.js';
import type { Reference } from '../expressions/parse-expression.js';
import type { DiagnosticCode } from './codes.js';
import type { Span } from './line-table.js';
import { isContainer, type ContainerStep, type Pipeline, type Step } from './pipeline.js';
import { quote } from './quote.js';
import { findStep, type Reading, type Site, type SitePlace, type Viewer } from './scope.js';
import { suggestId } from './suggest-id.js';
import { newUpstream, type Upstream } from './upstream.js';

/** Checks one access to a context, where it stands. */
export type ReferenceCheck = (reference: Reference, site: Site, at: Span) => void;

type Report = (code: DiagnosticCode, message: string) => void;
type StepReference = { readonly root: string; readonly path: Reference['path']; readonly site: Site };

/** The check for one file, which remembers what it works out about its lists. */
export const newReferenceCheck = (pipeline: Pipeline, reading: Reading): ReferenceCheck => {
  const inputs = new Map(pipeline.inputs.map(({ name }) => [name.toLowerCase(), name]));
  const upstream = newUpstream();
  return ({ root, path }, site, at) => {
    const report: Report = (code, message) => reading.mistakes.add(code, at, message);
    if (!CONTEXTS[site.place].includes(root)) return report('misplaced-context', misplaced(root, site.place));
    const [name] = path;
    if (root === 'steps' || root === 'needs') return checkStep({ root, path, site }, { upstream, reading }, report);
    if (name === undefined) return;
    if (root === 'inputs' && !inputs.has(name.toLowerCase()))
      return report('undeclared-input', `the file declares no input ${quote(name)}${suggestId(name, inputs.values())}`);
    const properties = PROPERTIES.get(root);
    if (properties !== undefined) checkProperty(name, { owner: root, properties }, report);
  };
};

const EVERYWHERE: readonly string[] = ['inputs', 'run', 'github', 'runner', 'matrix'];

/** What can be read where; `item`, `index` and `failure` belong to steps that are not supported yet. */
const CONTEXTS: Readonly<Record<SitePlace, readonly string[]>> = {
  step: [...EVERYWHERE, 'env', 'steps', 'needs'],
  'group-directory': [...EVERYWHERE, 'env', 'steps'],
  'group-outputs': [...EVERYWHERE, 'env', 'steps'],
  'file-env': EVERYWHERE,
  'file-directory': [...EVERYWHERE, 'env'],
  'file-outputs': [...EVERYWHERE, 'env', 'steps'],
};

const PLACE_WORDS: Readonly<Record<SitePlace, string>> = {
  step: 'on this step',
  'group-directory': 'in the "working_directory" of a group',
  'group-outputs': 'in the "outputs" of a group',
  'file-env': 'in the "env" of the file',
  'file-directory': 'in "defaults"',
  'file-outputs': 'in the "outputs" of the file',
};

const PROPERTIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['github', GITHUB_PROPERTIES],
  ['runner', RUNNER_PROPERTIES],
  ['run', RUN_PROPERTIES],
]);

const misplaced = (root: string, place: SitePlace): string => {
  if (root === 'failure') return '"failure" can be read only in fallbacks';
  if (root === 'item' || root === 'index') return `"${root}" can be read only in the steps of a "for_each"`;
  const known = CONTEXT_NAMES.filter((name) => CONTEXTS[place].includes(name)).join(', ');
  return `"${root}" cannot be read ${PLACE_WORDS[place]}, only ${known}`;
};

type Owner = { readonly owner: string; readonly properties: readonly string[] };

const checkProperty = (name: string, { owner, properties }: Owner, report: Report): boolean => {
  const isKnown = properties.some((property) => property.toLowerCase() === name.toLowerCase());
  if (!isKnown) report('unknown-property', `${quote(owner)} has no ${quote(name)}${didYouMean(name, properties)}`);
  return isKnown;
};

type Lists = { readonly upstream: Upstream; readonly reading: Reading };

const checkStep = (reference: StepReference, lists: Lists, report: Report): void => {
  const { root, path, site } = reference;
  const [id] = path;
  if (id === undefined)
    return report('computed-name', `"${root}" is read by the id of a step, as in ${root}.build; it cannot be computed`);
  const found = findStep(id, site.viewer);
  if (found === undefined) return reportUnknownStep(id, { site, reading: lists.reading }, report);
  const step = found.viewer.scope.steps[found.index];
  if (step === undefined || !isVisible(found, { ...reference, id }, { upstream: lists.upstream, report })) return;
  checkStepProperty(step, reference, report);
};

const reportUnknownStep = (
  id: string,
  { site, reading }: { readonly site: Site; readonly reading: Reading },
  report: Report,
): void => {
  const around = reading.scopes.find(({ ids }) => ids.has(id.toLowerCase()))?.around;
  const group = around?.scope.steps[Number(around.at)]?.id;
  if (group !== undefined) {
    const way = `declare what you need in its "outputs" and read steps.${group}.outputs`;
    return report('unknown-step', `the step ${quote(id)} stands inside ${quote(group)}; ${way}`);
  }
  const visible: string[] = [];
  for (let viewer = site.viewer; viewer !== undefined; viewer = viewer.scope.around)
    for (const each of viewer.scope.ids.keys()) visible.push(each);
  report('unknown-step', `unknown step ${quote(id)}${suggestId(id, visible)}`);
};

type Found = { readonly index: number; readonly viewer: Viewer };

/** Whether the step has settled, and so has something to read, when the expression is evaluated. */
const isVisible = (
  { index, viewer }: Found,
  { id, root, site }: { readonly id: string; readonly root: string; readonly site: Site },
  { upstream, report }: { readonly upstream: Upstream; readonly report: Report },
): boolean => {
  const { scope, at } = viewer;
  if (at === 'end') return true;
  const isOwnList = viewer === site.viewer;
  if (root === 'needs' && !(isOwnList && scope.needs[at]?.includes(index))) {
    report('not-upstream', `"needs" here holds only what this step needs; add ${quote(id)} to it or read steps.${id}`);
    return false;
  }
  if (upstream(scope, index, at)) return true;
  report(
    'not-upstream',
    notUpstream(quote(id), {
      isOwnList,
      isItself: index === at,
      isLater: upstream(scope, at, index),
      owner: quote(scope.steps[at]?.id ?? ''),
    }),
  );
  return false;
};

type Relation = {
  readonly isOwnList: boolean;
  readonly isItself: boolean;
  readonly isLater: boolean;
  readonly owner: string;
};

const notUpstream = (step: string, { isOwnList, isItself, isLater, owner }: Relation): string => {
  if (isItself) return isOwnList ? 'a step cannot read itself' : `${step} is around this step and has not ended yet`;
  if (isLater) return `the step ${step} runs only after this one`;
  const where = isOwnList ? '"needs"' : `the "needs" of ${owner}`;
  return `the step ${step} may not have run before this one; add it to ${where}`;
};

const checkStepProperty = (step: Step, { root, path }: StepReference, report: Report): void => {
  const [id = '', property, key] = path;
  const owner = `${root}.${id}`;
  if (path.length === 1) return noteCapture(step);
  if (property === undefined)
    return report('computed-name', `a property of ${quote(owner)} is written out, as in ${owner}.outcome`);
  const known = (root === 'needs' ? NEED_PROPERTIES : STEP_PROPERTIES).filter((name) => name !== 'results');
  if (!checkProperty(property, { owner, properties: known }, report)) return;
  if (property.toLowerCase() === 'output') checkOutput(step, { owner, key, isWhole: path.length === 2 }, report);
  if (property.toLowerCase() === 'outputs' && key !== undefined && isContainer(step)) checkOutputs(step, key, report);
};

type OutputAccess = { readonly owner: string; readonly key: string | undefined; readonly isWhole: boolean };

const checkOutput = (step: Step, { owner, key, isWhole }: OutputAccess, report: Report): void => {
  if (key === undefined) {
    if (!isWhole) return report('computed-name', `a property of "output" is written out, as in ${owner}.output.status`);
    return noteCapture(step);
  }
  const properties = isContainer(step) ? ['status', 'duration'] : STEP_OUTPUT_PROPERTIES;
  const isKnown = checkProperty(key, { owner: `${owner}.output`, properties }, report);
  if (isKnown && /^std(?:out|err)$/i.test(key)) noteCapture(step);
};

const checkOutputs = ({ id, outputs }: ContainerStep, key: string, report: Report): void => {
  const names = Object.keys(outputs);
  if (names.some((name) => name.toLowerCase() === key.toLowerCase())) return;
  const hint = suggestId(key, names) || `; declare it in its "outputs"`;
  report('unknown-output', `the group ${quote(id)} has no output ${quote(key)}${hint}`);
};

/** Reading is not over, so the step may still change. */
const noteCapture = (step: Step): void => {
  if (isContainer(step)) return;
  const target: { captures: boolean } = step;
  target.captures = true;
};
