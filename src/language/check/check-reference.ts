import {
  CONTEXT_NAMES,
  FAILURE_PROPERTIES,
  GITHUB_PROPERTIES,
  RUN_PROPERTIES,
  RUNNER_PROPERTIES,
} from '../../expressions/known-names.js';
import type { Reference } from '../../expressions/parse-expression.js';
import { checkProperty, checkStepProperty, type Report } from './check-step-property.js';
import type { Span } from '../yaml/line-table.js';
import type { Pipeline, Step } from '../model/pipeline.js';
import { rowOf } from '../kinds/kind-rows.js';
import { quote } from '../model/quote.js';
import { findStep, outside, type Reading, type Scope, type Site, type SitePlace, type Viewer } from '../read/scope.js';
import { suggestId } from '../model/suggest-id.js';
import { newUpstream, type Upstream } from './upstream.js';

/** Checks one access to a context at its site. */
export type ReferenceCheck = (reference: Reference, site: Site, at: Span) => void;

type StepReference = { readonly root: string; readonly path: Reference['path']; readonly site: Site };

/** Creates the check for one file, which caches what it learns about the file's lists. */
export const newReferenceCheck = (pipeline: Pipeline, reading: Reading): ReferenceCheck => {
  const inputs = new Map(pipeline.inputs.map(({ name }) => [name.toLowerCase(), name]));
  const upstream = newUpstream();
  return ({ root, path }, site, at) => {
    const report: Report = (code, message) => reading.mistakes.add(code, at, message);
    if (!contextsOf(site).includes(root)) return report('misplaced-context', misplaced(root, site));
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

/** The contexts that each kind of site can read, without those that surrounding lists add. */
const CONTEXTS: Readonly<Record<SitePlace, readonly string[]>> = {
  step: [...EVERYWHERE, 'env', 'steps', 'needs'],
  'container-directory': [...EVERYWHERE, 'env', 'steps'],
  'container-outputs': [...EVERYWHERE, 'env', 'steps'],
  loop: [...EVERYWHERE, 'env', 'steps'],
  'file-env': EVERYWHERE,
  'file-directory': [...EVERYWHERE, 'env'],
  'file-outputs': [...EVERYWHERE, 'env', 'steps'],
};

const PLACE_WORDS: Readonly<Record<SitePlace, string>> = {
  step: 'on this step',
  'container-directory': 'in the "working_directory" of a step with steps inside',
  'container-outputs': 'in the "outputs" of a step',
  loop: 'in the condition of a loop',
  'file-env': 'in the "env" of the file',
  'file-directory': 'in "defaults"',
  'file-outputs': 'in the "outputs" of the file',
};

const contextsOf = ({ place, viewer }: Site): readonly string[] => {
  const brought = viewer?.scope.contexts ?? [];
  return brought.length === 0 ? CONTEXTS[place] : [...CONTEXTS[place], ...brought];
};

const PROPERTIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['github', GITHUB_PROPERTIES],
  ['runner', RUNNER_PROPERTIES],
  ['run', RUN_PROPERTIES],
  ['failure', FAILURE_PROPERTIES],
]);

const misplaced = (root: string, site: Site): string => {
  if (root === 'failure') return '"failure" can be read only in fallbacks';
  if (root === 'item' || root === 'index')
    return `"${root}" can be read only in what a "for_each" runs: its steps, or "env", "working_directory", "reads" and "writes" beside its "run"`;
  const contexts = contextsOf(site);
  const known = CONTEXT_NAMES.filter((name) => contexts.includes(name)).join(', ');
  return `"${root}" cannot be read ${PLACE_WORDS[site.place]}, only ${known}`;
};

type Lists = { readonly upstream: Upstream; readonly reading: Reading };

const checkStep = (reference: StepReference, lists: Lists, report: Report): void => {
  const { root, path, site } = reference;
  const [id] = path;
  if (id === undefined)
    return report('computed-name', `"${root}" is read by the id of a step, as in ${root}.build; it cannot be computed`);
  const found = findStep(id, site.viewer);
  if (found === undefined) return reportUnknownStep(id, { site, reading: lists.reading }, report);
  if (!isVisible(found, { ...reference, id }, { upstream: lists.upstream, report })) return;
  checkAny(stepsOf(id, found), reference, report);
};

type Found = { readonly index: number; readonly viewer: Viewer };

/** The steps with that id; several if arms are seen as one list. */
const stepsOf = (id: string, { index, viewer: { scope } }: Found): readonly Step[] => {
  const wanted = id.toLowerCase();
  const holders: readonly (readonly [Scope, number | undefined])[] = scope.arms?.map(
    (arm) => [arm, arm.ids.get(wanted)] as const,
  ) ?? [[scope, index]];
  return holders.flatMap(([{ steps }, at]) => (at === undefined ? [] : (steps[at] ?? [])));
};

/** It is enough that one of the steps has the property, because only one of their arms runs. */
const checkAny = (steps: readonly Step[], reference: StepReference, report: Report): void => {
  const faults = steps.map((step) => {
    const found: Parameters<Report>[] = [];
    checkStepProperty(step, reference, (...fault) => found.push(fault));
    return found;
  });
  if (faults.every((found) => found.length > 0)) for (const fault of faults[0] ?? []) report(...fault);
};

const reportUnknownStep = (
  id: string,
  { site, reading }: { readonly site: Site; readonly reading: Reading },
  report: Report,
): void => {
  const around = reading.scopes.find(({ ids }) => ids.has(id.toLowerCase()))?.around;
  const owner = around === undefined || around.at === 'end' ? undefined : around.scope.steps[around.at];
  if (owner !== undefined) return report('unknown-step', whereItIs(quote(id), owner, { around, site }));
  const visible: string[] = [];
  for (let viewer = site.viewer; viewer !== undefined; viewer = outside(viewer))
    for (const each of viewer.scope.ids.keys()) visible.push(each);
  report('unknown-step', `unknown step ${quote(id)}${suggestId(id, visible)}`);
};

type Distance = { readonly around: Viewer | undefined; readonly site: Site };

/** Says where a step that cannot be read is, and how to read its results instead. */
const whereItIs = (step: string, owner: Step, { around, site }: Distance): string => {
  const { id } = owner;
  if (around?.seesItself === true)
    return `the step ${step} is in a fallback of ${quote(id)} and can be read only there`;
  for (let viewer = site.viewer; viewer !== undefined; viewer = outside(viewer))
    if (viewer.scope === around?.scope && viewer.at === around.at && viewer.seesItself !== true)
      return `the step ${step} is in another list of ${quote(id)} and cannot be read in this one`;
  const way = `declare what you need in its "outputs" and read steps.${id}.${rowOf(owner).gives}`;
  return `the step ${step} is inside ${quote(id)}; ${way}`;
};

/** Whether the step has certainly settled when the expression is evaluated. */
const isVisible = (
  { index, viewer }: Found,
  { id, root, site }: { readonly id: string; readonly root: string; readonly site: Site },
  { upstream, report }: { readonly upstream: Upstream; readonly report: Report },
): boolean => {
  const { scope, at } = viewer;
  const isOwnList = viewer === nearestStep(site.viewer);
  if (root === 'needs' && !(isOwnList && at !== 'end' && scope.needs[at]?.includes(index))) {
    const way = isOwnList ? `add ${quote(id)} to it or read` : 'read';
    report('not-upstream', `"needs" here holds only what this step needs in its own list; ${way} steps.${id}`);
    return false;
  }
  if (at === 'end' || (index === at && viewer.seesItself) || upstream(scope, index, at)) return true;
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

/** The point whose needs count; conditions of checks are evaluated at the end of a list inside the step. */
const nearestStep = (from: Viewer | undefined): Viewer | undefined => {
  let viewer = from;
  while (viewer?.at === 'end') viewer = outside(viewer);
  return viewer;
};

type Relation = {
  readonly isOwnList: boolean;
  readonly isItself: boolean;
  readonly isLater: boolean;
  readonly owner: string;
};

const notUpstream = (step: string, { isOwnList, isItself, isLater, owner }: Relation): string => {
  if (isItself) return isOwnList ? 'a step cannot read itself' : `${step} contains this step and has not ended yet`;
  if (isLater) return `the step ${step} runs after this one`;
  const where = isOwnList ? '"needs"' : `the "needs" of ${owner}`;
  return `the step ${step} may not have run before this one; add it to ${where}`;
};
