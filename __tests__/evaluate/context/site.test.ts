import { expect, test } from 'vitest';
import {
  createFlattener,
  EMPTY_FRAME,
  EMPTY_LAYER,
  flattenFrame,
  withLayer,
} from '../../../src/evaluate/context/export-frame.js';
import {
  enterPipeline,
  evaluateBoth,
  firstProblems,
  framesAfter,
  framesWith,
  scopesAt,
  topSite,
  type Sources,
} from '../../../src/evaluate/context/site.js';
import type { ValueSource } from '../../../src/evaluate/context/step-context.js';
import { recordedSource } from '../../../src/evaluate/recorded-source.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { eventOf, runEngine } from '../../run/engine.js';

const live: ValueSource = {
  side: 'live',
  record: () => undefined,
  outputs: ({ outputs }) => outputs,
  inputs: { channel: 'beta' },
  run: { id: 'r1', attempt: 2, resumed: true },
  facts: { github: {}, runner: {}, matrix: null },
  hashFiles: () => '',
};
const sources: Sources = { live, recorded: recordedSource(live, ['TOKEN']), flatten: createFlattener() };

const layer = (name: string, value: string) => ({ env: { [name]: value }, path: [] });
const EMPTY = { live: EMPTY_FRAME, recorded: EMPTY_FRAME };
const frames = (name: string) => framesWith(EMPTY, { live: layer(name, 'as it is'), recorded: layer(name, '***') });

test('what is exported is seen as it is by steps, and as it is recorded by fingerprints', () => {
  expect(flattenFrame(frames('A').live).env).toEqual({ A: 'as it is' });
  expect(flattenFrame(frames('A').recorded).env).toEqual({ A: '***' });
});

test('an environment to which nothing is added stays the same', () => {
  const before = { live: withLayer(EMPTY_FRAME, layer('A', '1')), recorded: EMPTY_FRAME };
  expect(framesWith(before, { live: EMPTY_LAYER, recorded: EMPTY_LAYER })).toEqual(before);
});

test('a step starts from what its needs left, or from its list', () => {
  const around = frames('LIST');
  expect(framesAfter([], around)).toBe(around);
  const joined = framesAfter([frames('A'), frames('B')], around);
  expect(flattenFrame(joined.live).env).toEqual({ A: 'as it is', B: 'as it is' });
  expect(flattenFrame(joined.recorded).env).toEqual({ A: '***', B: '***' });
});

test('by default nothing upstream has failed, and the environment is that of the frame', () => {
  const file = pipeline([script('a')]);
  const top = topSite(file, {});
  const frame = withLayer(EMPTY_FRAME, { env: { A: '1' }, path: [] });
  const { live: scope } = scopesAt({ ...top, frames: { live: frame, recorded: EMPTY_FRAME } }, {}, sources);
  expect([scope.functions.success(), scope.functions.failure()]).toEqual([true, false]);
  expect(scope.context('env', undefined)).toEqual({ A: '1' });
});

test('the top list has inherited secrets for steps, stand-ins for fingerprints, and the env of its pipeline', () => {
  const file = pipeline([script('a')], { secrets: ['TOKEN'], env: { H: 'Bearer ${{ env.TOKEN }}' } });
  const { site, problems, declared } = enterPipeline(file, { TOKEN: 'swordfish' }, sources);
  expect(problems).toEqual({});
  expect(declared).toEqual({ H: 'Bearer swordfish' });
  expect(flattenFrame(site.frames.live).env).toEqual({ TOKEN: 'swordfish', H: 'Bearer swordfish' });
  expect(flattenFrame(site.frames.recorded).env).toEqual({ TOKEN: '***', H: 'Bearer ***' });
  expect(site.env).not.toBe('');
});

test('declared env without a value is left out, and says why', () => {
  const scopes = scopesAt(topSite(pipeline([]), {}), {}, sources);
  const { env, problems } = evaluateBoth({ A: "${{ fromJSON('{') }}" }, scopes);
  expect(env).toEqual({ live: {}, recorded: {} });
  expect(problems.live).toMatch(/^env\.A: /);
  expect(problems.recorded).toMatch(/^env\.A: /);
});

test('of several problems the first counts', () => {
  expect(firstProblems({ live: 'a' }, { live: 'b', recorded: 'c' })).toEqual({ live: 'a', recorded: 'c' });
  expect(firstProblems({}, { live: undefined, recorded: undefined })).toEqual({});
});

test('a secret is itself to a step, and the same stand-in to the fingerprint whatever it is', async () => {
  const file = pipeline([script('x', { env: { HEADER: 'Bearer ${{ env.TOKEN }}' } })], { secrets: ['TOKEN'] });
  const [one, other] = await Promise.all(
    ['swordfish-1', 'swordfish-2'].map((TOKEN) => runEngine(file, { env: { TOKEN } })),
  );
  expect(one?.process('x').command.env['HEADER']).toBe('Bearer swordfish-1');
  expect(other?.process('x').command.env['HEADER']).toBe('Bearer swordfish-2');
  const fingerprints = [one, other].map((engine) => eventOf(engine?.journal.events ?? [], 'step_started').fingerprint);
  expect(fingerprints[0]).toEqual(fingerprints[1]);
});
