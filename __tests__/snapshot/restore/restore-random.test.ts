import { expect, test } from 'vitest';
import { createRandom } from '../../rig/random.js';
import { describeTree } from '../../machine/describe-tree.js';
import { editAtRandom } from '../random-edits.js';
import { newTwoMachines, restoreNext } from '../restore-rig.js';
import { SAMPLED, seeds } from '../../rig/scale.js';

const STEPS = 4;
const OWN = { without: ['.work'] };

test.each(seeds(6, 40))(
  'whatever steps did, the next machine has it after a restore (seed %i)',
  SAMPLED,
  async (seed) => {
    const random = createRandom(seed * 7919);
    using machines = await newTwoMachines(({ workspace }) => editAtRandom(workspace, random, 30));
    const { workspace } = machines.archives;
    for (let step = 0; step < STEPS; step += 1) {
      editAtRandom(workspace, random, 1 + random.below(15));
      await machines.endStep();
    }
    expect(await restoreNext(machines)).toMatchObject({ kind: 'restored' });
    expect(describeTree(machines.nextWorkspace, OWN)).toEqual(describeTree(workspace, OWN));
  },
);
