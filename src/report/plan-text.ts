import type { Json } from '../base/stable-json.js';
import { never } from '../base/assert.js';
import type { FallbackName } from '../language/model/pipeline.js';
import type { PlanLine } from '../plan/plan.js';
import type { Choice } from '../state/run-state.js';
import { choiceJson } from '../state/state-file.js';
import { renderColumns, type Cell } from './text/columns.js';
import type { Paint } from './text/paint.js';
import { safeText } from './text/safe-text.js';
import { plural } from './step/step-counts.js';
import type { Surface } from './step/terminal-table.js';

type What = PlanLine['decision']['do'];

/** The words for the decisions of a plan. */
const WORDS: Readonly<Record<What, string>> = {
  run: 'run',
  restore: 'keep',
  skip: 'skip',
  leave: 'leave',
  maybe: 'maybe',
};

/** The steps of a plan, and the fallbacks of the pipeline itself; no fallbacks when nothing runs. */
export type PlanOverview = { readonly lines: readonly PlanLine[]; readonly fallbacks: readonly FallbackName[] };

/** A plan for people: what happens to each step and why, then the counts. */
export const renderPlan = ({ lines, fallbacks }: PlanOverview, surface: Surface): readonly string[] => [
  ...renderColumns([headRow(surface.paint), ...lines.map((line) => planRow(line, surface.paint))], surface.columns),
  `${planCounts(lines)}${fallbacks.length === 0 ? '' : `; the pipeline has ${fallbacks.join(', ')}`}`,
];

/** A plan as JSON, for programs. */
export const planJson = ({ lines, fallbacks: ofPipeline }: PlanOverview): Json => ({
  ...(ofPipeline.length > 0 && { fallbacks: ofPipeline }),
  steps: lines.map(({ path, name, decision, choice, fallbacks }) => ({
    step: path,
    name,
    do: WORDS[decision.do],
    because: decision.because,
    ...(choice !== undefined && choiceJson(choice)),
    ...(fallbacks !== undefined && { fallbacks }),
  })),
});

const headRow = ({ dim }: Paint): readonly Cell[] =>
  ['what', 'step', 'path', 'why'].map((text) => ({ text, paint: dim }));

const planRow = (line: PlanLine, paint: Paint): readonly Cell[] => {
  const { path, name, depth, decision } = line;
  return [
    { text: WORDS[decision.do], paint: decisionPaint(decision, paint) },
    { text: `${'  '.repeat(depth)}${safeText(name)}`, cut: 'middle' },
    { text: path, cut: 'middle', paint: paint.dim },
    { text: safeText([decision.because, ...whatElse(line)].join('; ')) },
  ];
};

const whatElse = ({ choice, fallbacks }: PlanLine): readonly string[] => [
  ...(choice === undefined ? [] : [keptText(choice)]),
  ...(fallbacks === undefined ? [] : [`has ${fallbacks.join(', ')}`]),
];

const keptText = (choice: Choice): string => {
  switch (choice.kind) {
    case 'arm':
      return `takes "${choice.arm}" as before`;
    case 'iterations':
      return `${plural(choice.count, 'iteration')} as before`;
    case 'items':
      return `${plural(choice.items.length, 'item')} as before`;
    default:
      return never(choice);
  }
};

const decisionPaint = (decision: PlanLine['decision'], paint: Paint): ((text: string) => string) => {
  if (decision.do === 'run') return paint.green;
  return decision.do === 'restore' ? paint.cyan : paint.dim;
};

const planCounts = (lines: readonly PlanLine[]): string => {
  // A line followed by a deeper one is a container, and containers are not counted.
  const steps = lines.filter((line, index) => (lines[index + 1]?.depth ?? 0) <= line.depth);
  const count = (what: What): number => steps.filter(({ decision }) => decision.do === what).length;
  const parts = (['run', 'restore', 'skip', 'leave', 'maybe'] as const).flatMap((what) =>
    count(what) > 0 ? [`${String(count(what))} ${COUNTED[what]}`] : [],
  );
  return `${plural(steps.length, 'step')}: ${parts.join(', ')}`;
};

const COUNTED: Readonly<Record<What, string>> = {
  run: 'to run',
  restore: 'kept',
  skip: 'to skip',
  leave: 'left alone',
  maybe: 'not chosen yet',
};
