import { err, ok, type Result } from '../../base/result.js';
import { type Json, isPlainObject } from '../../base/stable-json.js';
import type { FanOutStep } from '../../language/model/pipeline.js';
import type { Both } from '../../evaluate/context/site.js';
import { evaluateItems, matchItems, sameItems } from '../../evaluate/kinds/fan-out.js';
import { countProcesses } from '../../plan/plan.js';
import { reliedOn, type Choice } from '../../state/run-state.js';
import type { RunContext, StepSite } from '../context/run-context.js';
import {
  fails,
  listSite,
  plannedChoice,
  rechosen,
  type ContainerWork,
  type OpenContainer,
  type Prepare,
} from './container-work.js';
import type { Masker } from '../../base/mask.js';

/** Runs the steps for each item of a list; uses the list of an earlier run attempt if the plan keeps it. */
export const prepareFanOut: Prepare<FanOutStep> = (step, open, { context, runList }) => {
  const listed = listItems(step, open, context);
  if (!listed.ok) return err(fails(listed.error));
  const { isKept, isRechosen, isWithheld, items } = listed.value;
  const choice: Choice = { kind: 'items', items: items.recorded, isWithheld };
  const site: StepSite = {
    ...listSite(step, isRechosen ? rechosen(open) : open, { choice, live: items.live, context }),
    ...limitOf(step, context),
  };
  const work: ContainerWork = {
    keepsChoice: isKept,
    // Only the items have outputs.
    outputs: {},
    run: async (scope) => {
      if (isWithheld) context.liveItems.set(open.path, items.live);
      return { ...(await runList({ ...site, scope }, context)), site: open.site };
    },
  };
  return ok(isKept ? work : { ...work, tell: () => tellItems(site, { open, listed: listed.value }, context) });
};

/** By default, items that are lists run one per process slot, so that early items end before later ones begin. */
const limitOf = ({ maxParallel, body }: FanOutStep, context: RunContext): Pick<StepSite, 'limit'> => {
  const limit = maxParallel ?? ('one' in body ? undefined : context.maxParallel);
  return limit === undefined ? {} : { limit };
};

type Listed = {
  readonly items: Both<readonly Json[]>;
  readonly isWithheld: boolean;
  /** The list is already recorded. */
  readonly isKept: boolean;
  /** The plan was made for other items. */
  readonly isRechosen: boolean;
};

type Items = Choice & { readonly kind: 'items' };

const listItems = (step: FanOutStep, open: OpenContainer, context: RunContext): Result<Listed> => {
  const planned = plannedChoice(open, context);
  const known = planned?.kind === 'items' ? planned : undefined;
  const recorded = recordedItems(open, context);
  const stands = known !== undefined && recorded !== undefined && sameItems(known.items, recorded.items);
  if (stands && !recorded.isWithheld) return ok(keptItems(recorded, recorded.items));
  const live = evaluateItems(step, open.scopes.live);
  if (stands) return ok(keptItems(recorded, live.ok ? live.value : [], context));
  if (!live.ok) return live;
  const masked = live.value.map((item) => maskValue(item, context.masker));
  const isWithheld = !sameItems(masked, live.value);
  const isPlanned = known !== undefined && !isWithheld && sameItems(known.items, live.value);
  return ok({ items: { live: live.value, recorded: masked }, isWithheld, isKept: false, isRechosen: !isPlanned });
};

const recordedItems = ({ path }: OpenContainer, { live }: RunContext): Items | undefined => {
  const choice = reliedOn(live.record(path))?.choice;
  return choice?.kind === 'items' ? choice : undefined;
};

/** Items that were stored masked get their values back if the list is unchanged. */
const keptItems = ({ items, isWithheld }: Items, live: readonly Json[], context?: RunContext): Listed => {
  const isSame =
    context === undefined ||
    sameItems(
      items,
      live.map((item) => maskValue(item, context.masker)),
    );
  return { items: { live: isSame ? live : items, recorded: items }, isWithheld, isKept: true, isRechosen: false };
};

type Telling = { readonly open: OpenContainer; readonly listed: Listed };

const tellItems = ({ list }: StepSite, { open, listed }: Telling, { recorder }: RunContext): void => {
  const { items, isWithheld, isRechosen } = listed;
  const former = recorder.state().steps.get(open.path)?.formerChoice;
  recorder.emit({
    type: 'items_listed',
    step: open.path,
    items: items.recorded,
    ...(former?.kind === 'items' && { from: matchItems(former.items, items.recorded) }),
    ...(isWithheld && { withheld: true as const }),
    // Steps that the plan covers are already counted.
    to_run: isRechosen ? countProcesses(list.steps) : 0,
  });
};

/** A copy of a value with its secrets masked. */
export const maskValue = (value: Json, masker: Masker): Json => {
  if (masker.isEmpty() || value === null) return value;
  if (typeof value === 'string') return masker.text(value);
  if (isList(value)) return value.map((item) => maskValue(item, masker));
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [masker.text(name), maskValue(item, masker)]),
    );
  }
  return masker.holds(String(value)) ? masker.text(String(value)) : value;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
