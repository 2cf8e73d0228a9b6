import { describe, expect, test } from 'vitest';
import { allPaths, checkSelection, forcedReason, isLeftOut, NO_SELECTION } from '../../src/plan/selection.js';
import { branch, fanOut, group, loop, pipeline, script } from './pipeline-builder.js';
import { planOf, record, replan } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';
const LEFT = 'leave: not asked for with --only';
const steps = pipeline([
  script('prepare'),
  group('build', [script('compile'), script('link')]),
  script('test', { needs: ['build'] }),
  script('docs', { needs: ['prepare'] }),
]);

test('all paths are given with containers before what they hold', () => {
  const nested = pipeline([group('g', [group('h', [script('x')])]), script('a')]);
  expect(allPaths(nested.steps, '')).toEqual(['g', 'g/h', 'g/h/x', 'a']);
});

describe('a step that is named', () => {
  test.each([{ rerun: ['test'] }, { rerun: ['build', 'build/link'] }, { from: 'build/compile' }, { only: 'docs' }, {}])(
    'is accepted where there is one: %o',
    (named) => {
      expect(checkSelection(steps, { ...NO_SELECTION, ...named }, undefined)).toEqual({ ok: true, value: undefined });
    },
  );

  test.each([
    [{ rerun: ['test', 'dosc'] }, 'there is no step "dosc" in savepoint.yml, did you mean "docs"?'],
    [{ from: 'buld' }, 'there is no step "buld" in savepoint.yml, did you mean "build"?'],
    [{ only: 'build/lnk' }, 'there is no step "build/lnk" in savepoint.yml, did you mean "build/link"?'],
    [{ only: 'something else' }, 'there is no step "something else" in savepoint.yml'],
    [{ from: '' }, 'there is no step "" in savepoint.yml'],
  ])('is refused where there is none: %o', (named, error) => {
    expect(checkSelection(steps, { ...NO_SELECTION, ...named }, undefined)).toEqual({ ok: false, error });
  });
});

describe('a step that ran where the run decides what runs', () => {
  const file = pipeline([
    branch('b', { condition: 'true', then: [script('t')], otherwise: [script('e')] }),
    fanOut('each', { items: ['a', 'b'], body: [script('x')] }),
    loop('l', { condition: 'false', asks: 'after', steps: [script('i')] }),
  ]);
  const asked = async (path: string): Promise<unknown> => {
    const { state } = await record(file);
    const found = checkSelection(file, { ...NO_SELECTION, only: path }, state);
    return found.ok || found.error;
  };

  test.each(['b/then/t', 'each[1]', 'each[1]/x', 'l[0]/i'])('can be named: %s', async (path) => {
    expect(await asked(path)).toBe(true);
  });

  test.each(['b/else/e', 'each[2]', 'each[2]/x', 'l[1]/i'])('cannot be named where it did not: %s', async (path) => {
    expect(await asked(path)).toMatch(`there is no step "${path}" in savepoint.yml`);
  });
});

test('only steps that are named themselves are forced', () => {
  const selection = { ...NO_SELECTION, rerun: ['a', 'b'], from: 'c' };
  expect(['a', 'b', 'c', 'd', 'a/b'].map((path) => forcedReason(selection, path))).toEqual([
    'asked for with --rerun',
    'asked for with --rerun',
    'asked for with --from',
    undefined,
    undefined,
  ]);
  expect(forcedReason({ ...NO_SELECTION, only: 'a' }, 'a')).toBe('asked for with --only');
});

test('--only leaves out what is neither the step, nor in it, nor around it', () => {
  const left = ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/bc', 'a/b/cd', 'e'].filter((path) =>
    isLeftOut({ ...NO_SELECTION, only: 'a/b/c' }, path),
  );
  expect(left).toEqual(['a/bc', 'a/b/cd', 'e']);
  expect(isLeftOut(NO_SELECTION, 'a')).toBe(false);
});

describe('in a plan', () => {
  test('--rerun adds steps and what depends on them to what resume would run', async () => {
    const { events } = await record(steps, { act: (step) => ({ exit: step === 'docs' ? 1 : 0 }) });
    expect(await replan(steps, { after: events, selection: { rerun: ['build/link'] } })).toEqual({
      prepare: KEPT,
      build: 'run: a step in it runs',
      'build/compile': KEPT,
      'build/link': 'run: asked for with --rerun',
      test: 'run: it needs "build", which runs again',
      docs: 'run: it failed last time',
    });
  });

  test('--rerun of a group runs all of it', async () => {
    const { events } = await record(steps);
    expect(await replan(steps, { after: events, selection: { rerun: ['build'] } })).toMatchObject({
      prepare: KEPT,
      build: 'run: asked for with --rerun',
      'build/compile': 'run: asked for with --rerun',
      'build/link': 'run: it needs "compile", which runs again',
      docs: KEPT,
    });
  });

  test('--from runs a step and all after it, and leaves what is beside it', async () => {
    const { events } = await record(steps);
    expect(await replan(steps, { after: events, selection: { from: 'build' } })).toEqual({
      prepare: KEPT,
      build: 'run: asked for with --from',
      'build/compile': 'run: asked for with --from',
      'build/link': 'run: it needs "compile", which runs again',
      test: 'run: it needs "build", which runs again',
      docs: KEPT,
    });
  });

  test('--only runs one step on what is there', async () => {
    const { events } = await record(steps, { act: (step) => ({ exit: step === 'build/link' ? 1 : 0 }) });
    const selection = { only: 'test' };
    expect(await replan(steps, { after: events, selection })).toEqual({
      prepare: LEFT,
      build: LEFT,
      'build/compile': LEFT,
      'build/link': LEFT,
      test: 'run: asked for with --only',
      docs: LEFT,
    });
    expect((await record(steps, { after: events, selection })).started).toEqual(['test']);
  });

  test('--only of a step in a group goes through the group', async () => {
    const { events } = await record(steps);
    expect(await replan(steps, { after: events, selection: { only: 'build/link' } })).toMatchObject({
      build: 'run: a step in it runs',
      'build/compile': LEFT,
      'build/link': 'run: asked for with --only',
      test: LEFT,
    });
  });

  test('--only of a group runs all of it and nothing else', async () => {
    const { events } = await record(steps);
    const { started } = await record(steps, { after: events, selection: { only: 'build' } });
    expect(started).toEqual(['build/compile', 'build/link']);
  });

  test('what --only ran makes what needs it run on the next resume', async () => {
    const { events } = await record(steps);
    const once = await record(steps, { after: events, selection: { only: 'build/compile' } });
    expect(await replan(steps, { after: once.events })).toMatchObject({
      'build/compile': 'restore: finished in attempt 2',
      'build/link': 'run: something it needs ran again after it',
      docs: KEPT,
    });
  });

  test('a selection is work on a finished run', async () => {
    const { events } = await record(steps);
    expect((await planOf(steps, { after: events, selection: { rerun: ['docs'] } })).hasWork).toBe(true);
  });
});
