import type { Json } from '../base/stable-json.js';
import type { Decision, PlanLine } from '../plan/plan.js';
import { renderColumns, type Cell } from './columns.js';
import type { Paint } from './paint.js';
import { safeText } from './safe-text.js';
import { plural } from './step-counts.js';
import type { Surface } from './terminal-table.js';

/** What is said of a step in a plan. */
const WORDS: Readonly<Record<Decision['do'], string>> = { run: 'run', restore: 'keep', skip: 'skip', leave: 'leave' };

/** A plan for people: what happens to each step, and why; then the counts. */
export const renderPlan = (lines: readonly PlanLine[], surface: Surface): readonly string[] => [
  ...renderColumns([headRow(surface.paint), ...lines.map((line) => planRow(line, surface.paint))], surface.columns),
  planCounts(lines),
];

/** A plan for programs. */
export const planJson = (lines: readonly PlanLine[]): Json => ({
  steps: lines.map(({ path, name, decision }) => ({
    step: path,
    name,
    do: WORDS[decision.do],
    because: decision.because,
  })),
});

const headRow = ({ dim }: Paint): readonly Cell[] =>
  ['what', 'step', 'path', 'why'].map((text) => ({ text, paint: dim }));

const planRow = ({ path, name, depth, decision }: PlanLine, paint: Paint): readonly Cell[] => [
  { text: WORDS[decision.do], paint: decisionPaint(decision, paint) },
  { text: `${'  '.repeat(depth)}${safeText(name)}` },
  { text: path, paint: paint.dim },
  { text: safeText(decision.because) },
];

const decisionPaint = (decision: Decision, paint: Paint): ((text: string) => string) => {
  if (decision.do === 'run') return paint.green;
  return decision.do === 'restore' ? paint.cyan : paint.dim;
};

const planCounts = (lines: readonly PlanLine[]): string => {
  // A line that is followed by a deeper one holds steps; the steps are what counts.
  const steps = lines.filter((line, index) => (lines[index + 1]?.depth ?? 0) <= line.depth);
  const count = (what: Decision['do']): number => steps.filter(({ decision }) => decision.do === what).length;
  const parts = (['run', 'restore', 'skip', 'leave'] as const).flatMap((what) =>
    count(what) > 0 ? [`${String(count(what))} ${COUNTED[what]}`] : [],
  );
  return `${plural(steps.length, 'step')}: ${parts.join(', ')}`;
};

const COUNTED: Readonly<Record<Decision['do'], string>> = {
  run: 'to run',
  restore: 'kept',
  skip: 'to skip',
  leave: 'left alone',
};
