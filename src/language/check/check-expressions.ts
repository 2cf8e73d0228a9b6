import { STATUS_FUNCTIONS } from '../../expressions/known-names.js';
import type { Expression, ExpressionProblem } from '../../expressions/parse-expression.js';
import { parseCondition, parseTemplate, type PlacedExpression } from '../../expressions/parse-template.js';
import { newReferenceCheck, type ReferenceCheck } from './check-reference.js';
import type { Span } from '../yaml/line-table.js';
import type { Pipeline } from '../model/pipeline.js';
import type { Reading, Site } from '../read/scope.js';
import type { ScalarNode } from '../yaml/yaml-tree.js';

/**
 * Checks every expression noted while reading: it must parse, and its names must exist and be known when it is evaluated.
 * Hands parsed conditions on, and marks steps whose output is read.
 */
export const checkExpressions = (pipeline: Pipeline, reading: Reading): void => {
  const checkReference = newReferenceCheck(pipeline, reading);
  for (const site of reading.sites) {
    if (reading.mistakes.isFull()) return;
    for (const placed of parseSite(site, reading)) checkUses(placed, { site, checkReference, reading });
  }
};

const parseSite = (site: Site, reading: Reading): readonly PlacedExpression[] => {
  const text = String(site.node.value);
  if (site.condition !== undefined) {
    const condition = parseCondition(text);
    if (!condition.ok) return reportProblem(condition.error, site, reading);
    site.condition.take(
      condition.value.text,
      condition.value.functions.some(({ name }) => STATUS_FUNCTIONS.includes(name)),
    );
    return [{ expression: condition.value, offset: condition.value.offset }];
  }
  const parts = parseTemplate(text);
  if (!parts.ok) return reportProblem(parts.error, site, reading);
  return parts.value.filter((part) => part.kind === 'expression');
};

const reportProblem = ({ message, offset, length }: ExpressionProblem, { node }: Site, { mistakes }: Reading): [] => {
  const isSecrets = String(node.value).slice(offset, offset + length) === 'secrets';
  mistakes.add('bad-expression', placeIn(node, offset, length), isSecrets ? NO_SECRETS : message);
  return [];
};

/** Users who know GitHub's workflows try this first. */
const NO_SECRETS =
  'there is no context "secrets": name the environment variable in "secrets" at the top of the file; scripts read it as $NAME';

type UseCheck = { readonly site: Site; readonly checkReference: ReferenceCheck; readonly reading: Reading };

const checkUses = ({ expression, offset }: PlacedExpression, { site, checkReference, reading }: UseCheck): void => {
  for (const reference of expression.references)
    checkReference(reference, site, placeIn(site.node, offset + reference.offset, reference.length));
  for (const { name, offset: start, length } of expression.functions) {
    const message = STATUS_FUNCTIONS.includes(name) ? faultOfStatus(name, expression, { site, start }) : undefined;
    if (message !== undefined)
      reading.mistakes.add('misplaced-function', placeIn(site.node, offset + start, length), message);
  }
};

const faultOfStatus = (
  name: string,
  { text }: Expression,
  { site, start }: { readonly site: Site; readonly start: number },
): string | undefined => {
  if (site.condition?.isIf !== true) return `${name}() can only be used in "if"`;
  const isNegated = text.slice(0, start).trimEnd().endsWith('!');
  if (name !== 'cancelled' || isNegated) return undefined;
  const isInFallback = site.viewer?.scope.contexts.includes('failure') === true;
  return `cancelled() is never true here, because no step starts after an abort; ${isInFallback ? IN_FALLBACK : IN_STEPS}`;
};

const IN_STEPS = 'put such steps in "on_abortion" or "finally"';
const IN_FALLBACK = 'read failure.status == \'aborted\', or use "on_abortion"';

/** The exact span in the file if the text is written there verbatim, else the span of the whole text. */
const placeIn = (node: ScalarNode, offset: number, length: number): Span =>
  node.verbatimAt === undefined
    ? node
    : { start: node.verbatimAt + offset, end: node.verbatimAt + offset + Math.max(1, length) };
