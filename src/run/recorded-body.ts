import { ok, type Result } from '../base/result.js';
import type { ContainerStep } from '../language/model/pipeline.js';
import { listScope } from '../evaluate/step-context.js';
import { openContainer } from './container/open-container.js';
import { ALL_WELL } from './context/outputs.js';
import type { RecordedList } from './fallback/owed-abortion.js';
import { callPlace } from './container/run-call.js';
import type { ListPlace, RunContext, StepStart } from './context/run-context.js';
import { itemsPlace } from './container/run-fan-out.js';
import { scopesAt } from './context/scopes-at.js';
import { NOTHING_CLAIMED } from './context/slots.js';

/** A container, with the place that it began in. */
export type RecordedHolder = { readonly step: ContainerStep; readonly around: ListPlace };

/** Where the list of a container stood: in its env, and with the values that it brought. An error where an expression raises. */
export const bodyPlace = (
  list: RecordedList,
  { step, around }: RecordedHolder,
  context: RunContext,
): Result<ListPlace> => {
  const open = openContainer(step, startOf(step, around, context), context);
  if (!open.ok) return open;
  const { path, place } = open.value;
  switch (step.kind) {
    case 'pipeline':
      return callPlace(step, open.value, context);
    case 'fan-out': {
      const choice = context.live.record(path)?.choice;
      const items = choice?.kind === 'items' ? choice.items : [];
      return ok(itemsPlace(step, { place, items: { live: items, recorded: items } }));
    }
    case 'group':
    case 'parallel':
    case 'branch':
    case 'switch':
    case 'loop':
      return ok({ ...place, list: listScope(list.path, list.steps, place.list) });
  }
};

const startOf = (step: ContainerStep, place: ListPlace, context: RunContext): StepStart => ({
  place,
  scopes: scopesAt({ list: place.list, frames: place.frames, step, status: ALL_WELL }, context),
  decision: { do: 'run', because: 'a fallback' },
  claimed: NOTHING_CLAIMED,
});
