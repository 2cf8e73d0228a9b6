import { scopeAt, type StepScope, type Viewpoint } from '../../evaluate/step-context.js';
import type { Both, StepSite, RunContext } from './run-context.js';

/** A point of a run: a list with its environment, and the step that is looked at. */
export type RunViewpoint = Pick<StepSite, 'list' | 'frames'> & Pick<Viewpoint, 'status' | 'step'>;

/** The scopes that evaluate expressions there: as steps see values, and as fingerprints do. */
export const scopesAt = (
  { frames, ...view }: RunViewpoint,
  { live, recorded, flatten }: Pick<RunContext, 'live' | 'recorded' | 'flatten'>,
): Both<StepScope> => ({
  live: scopeAt({ ...view, env: () => flatten(frames.live).env }, live),
  recorded: scopeAt({ ...view, env: () => flatten(frames.recorded).env }, recorded),
});
