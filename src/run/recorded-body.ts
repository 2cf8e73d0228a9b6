import { ok, type Result } from '../base/result.js';
import type { ContainerStep } from '../language/model/pipeline.js';
import { listScope } from '../evaluate/step-context.js';
import { openContainer } from './container/open-container.js';
import { ALL_WELL } from './context/outputs.js';
import type { RecordedList } from './fallback/pending-cleanup.js';
import { callSite } from './container/run-call.js';
import type { StepSite, RunContext, StepStart } from './context/run-context.js';
import { itemsSite } from './container/run-fan-out.js';
import { scopesAt } from './context/scopes-at.js';
import { NOTHING_CLAIMED } from './context/slots.js';

/** A container, with the place that it began in. */
export type RecordedHolder = { readonly step: ContainerStep; readonly around: StepSite };

/** Where the list of a container stood: in its env, and with the values that it brought. An error where an expression raises. */
export const bodySite = (
  list: RecordedList,
  { step, around }: RecordedHolder,
  context: RunContext,
): Result<StepSite> => {
  const open = openContainer(step, startOf(step, around, context), context);
  if (!open.ok) return open;
  const { path, site } = open.value;
  switch (step.kind) {
    case 'pipeline':
      return callSite(step, open.value, context);
    case 'fan-out': {
      const choice = context.live.record(path)?.choice;
      const items = choice?.kind === 'items' ? choice.items : [];
      return ok(itemsSite(step, { site, items: { live: items, recorded: items } }));
    }
    case 'group':
    case 'parallel':
    case 'branch':
    case 'switch':
    case 'loop':
      return ok({ ...site, list: listScope(list.path, list.steps, site.list) });
  }
};

const startOf = (step: ContainerStep, site: StepSite, context: RunContext): StepStart => ({
  site,
  scopes: scopesAt({ list: site.list, frames: site.frames, step, status: ALL_WELL }, context),
  decision: { do: 'run', because: 'a fallback' },
  claimed: NOTHING_CLAIMED,
});
