import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import type { FanOutStep } from '../../language/model/pipeline.js';
import { itemStep } from '../../evaluate/inner-list.js';
import { itemScopes } from '../../evaluate/item-scopes.js';
import { evaluateItems, matchItems, sameItems } from '../../evaluate/list-items.js';
import { countProcesses } from '../../plan/plan.js';
import { listScope } from '../../evaluate/step-context.js';
import { choiceDigest } from '../../evaluate/values-read.js';
import { reliedOn, type Choice } from '../../state/run-state.js';
import {
  rechosenSite,
  fails,
  plannedChoice,
  type ContainerWork,
  type OpenContainer,
  type Prepared,
} from './container-work.js';
import { maskValue } from '../context/mask-value.js';
import type { Both, StepSite, Engine, RunContext } from '../context/run-context.js';

/** Runs the steps for each item of a list; the list of an earlier run attempt counts while it stands. */
export const prepareFanOut = (step: FanOutStep, open: OpenContainer, engine: Engine): Prepared => {
  const listed = listItems(step, open, engine.context);
  if (!listed.ok) return err(fails(listed.error));
  const { isKept, isAnew, items } = listed.value;
  const site: StepSite = {
    ...itemsSite(step, { site: isAnew ? rechosenSite(open) : open.site, items }),
    ...limitOf(step, engine.context),
  };
  const work: ContainerWork = {
    values: choiceDigest(step, { scope: open.scopes.recorded, outer: open.site.values }),
    keepsChoice: isKept,
    // Outputs are of each item.
    outputs: {},
    run: async (scope) => {
      if (listed.value.isWithheld) engine.context.liveItems.set(open.path, items.live);
      return { ...(await engine.runList({ ...site, scope }, engine.context)), site: open.site };
    },
  };
  return ok(isKept ? work : { ...work, tell: () => tellItems(site, { open, listed: listed.value }, engine.context) });
};

/** Items that are lists come to their end before others begin: one for each process that can run. */
const limitOf = ({ maxParallel, body }: FanOutStep, context: RunContext): Pick<StepSite, 'limit'> => {
  const limit = maxParallel ?? ('one' in body ? undefined : context.maxParallel);
  return limit === undefined ? {} : { limit };
};

/** Where the items of a fan-out run as steps of one list. */
export const itemsSite = (
  step: FanOutStep,
  { site, items }: { readonly site: StepSite; readonly items: Both<readonly Json[]> },
): StepSite => {
  // Named by what may be stored: a name is cut, and no part of a secret is to be left.
  const steps = items.recorded.map((item, index) => itemStep(step, { item, index }));
  const list = listScope(site.list.path, steps, site.list);
  return {
    ...site,
    list,
    items: itemScopes(list, items, site.values),
  };
};

type Listed = {
  readonly items: Both<readonly Json[]>;
  readonly isWithheld: boolean;
  /** It is the list that is recorded already. */
  readonly isKept: boolean;
  /** What is planned is not for these items. */
  readonly isAnew: boolean;
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
  return ok({ items: { live: live.value, recorded: masked }, isWithheld, isKept: false, isAnew: !isPlanned });
};

const recordedItems = ({ path }: OpenContainer, { live }: RunContext): Items | undefined => {
  const choice = reliedOn(live.record(path))?.choice;
  return choice?.kind === 'items' ? choice : undefined;
};

/** Items that were not stored as they are get their values back where the list is still the same. */
const keptItems = ({ items, isWithheld }: Items, live: readonly Json[], context?: RunContext): Listed => {
  const isSame =
    context === undefined ||
    sameItems(
      items,
      live.map((item) => maskValue(item, context.masker)),
    );
  return { items: { live: isSame ? live : items, recorded: items }, isWithheld, isKept: true, isAnew: false };
};

type Telling = { readonly open: OpenContainer; readonly listed: Listed };

const tellItems = ({ list }: StepSite, { open, listed }: Telling, { recorder }: RunContext): void => {
  const { items, isWithheld, isAnew } = listed;
  const former = recorder.state().steps.get(open.path)?.formerChoice;
  recorder.emit({
    type: 'items_listed',
    step: open.path,
    items: items.recorded,
    ...(former?.kind === 'items' && { from: matchItems(former.items, items.recorded) }),
    ...(isWithheld && { withheld: true as const }),
    // What is planned counts what it runs.
    to_run: isAnew ? countProcesses(list.steps) : 0,
  });
};
