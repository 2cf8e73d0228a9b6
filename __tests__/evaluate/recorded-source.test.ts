import { describe, expect, test } from 'vitest';
import { EMPTY_LAYER } from '../../src/evaluate/context/export-frame.js';
import { recordedLayer, recordedOutputs, recordedSource } from '../../src/evaluate/recorded-source.js';
import { standIns, WITHHELD, type ValueSource } from '../../src/evaluate/context/step-context.js';
import type { StepRecord } from '../../src/state/run-state.js';
import { group, script } from '../plan/pipeline-builder.js';
import { stepRecord } from '../plan/step-record.js';

const sourceOf = (
  records: Readonly<Record<string, StepRecord>>,
  github: ValueSource['facts']['github'] = {},
): ValueSource => ({
  side: 'live',
  record: (path) => records[path],
  outputs: ({ outputs }) => outputs,
  inputs: { channel: 'beta' },
  run: { id: 'r1', attempt: 3, resumed: true },
  facts: { github, runner: { os: 'Linux' }, matrix: { leg: 1 } },
  hashFiles: () => 'hash',
});

describe('values as fingerprints see them', () => {
  test('are text where they differ from attempt to attempt, and as they are elsewhere', () => {
    const recorded = recordedSource(sourceOf({}, { run_attempt: '3', sha: 'abc' }), ['TOKEN']);
    expect(recorded.run).toEqual({ id: 'run.id', attempt: 'run.attempt', resumed: 'run.resumed' });
    expect(recorded.facts).toEqual({
      github: { run_attempt: 'github.run_attempt', sha: 'abc' },
      runner: { os: 'Linux' },
      matrix: { leg: 1 },
    });
    expect(recorded.inputs).toEqual({ channel: 'beta' });
    expect(recorded.hidden).toEqual(new Set(['TOKEN']));
  });

  test('leave out what GitHub does not tell', () => {
    expect(recordedSource(sourceOf({}, null), []).facts.github).toBeNull();
  });

  test('of a step that ran only to be there again are those of before', () => {
    const before = stepRecord({ outputs: { v: 1 }, exitCode: 0 });
    const recorded = recordedSource(sourceOf({ a: stepRecord({ outputs: { v: 2 }, lastFinish: before }) }), []);
    expect(recorded.record('a')).toBe(before);
    expect(recorded.record('b')).toBeUndefined();
  });

  test('have a stand-in for each output that was withheld', () => {
    const record = stepRecord({ outputs: { v: 1 }, withheld: ['token'] });
    expect(recordedOutputs(record)).toEqual({ v: 1, token: WITHHELD });
    expect(recordedSource(sourceOf({}), []).outputs(record)).toEqual({ v: 1, token: WITHHELD });
    expect(recordedOutputs(stepRecord({ outputs: { v: 1 } }))).toEqual({ v: 1 });
  });
});

describe('the exports of', () => {
  const exporting = (env: Readonly<Record<string, string>>, path: readonly string[] = []): StepRecord =>
    stepRecord({ exports: { env, path } });

  test('a step are what is stored, with a stand-in for each that was withheld', () => {
    const record = stepRecord({ exports: { env: { A: '1' }, path: ['/a'], withheld: ['T'] } });
    expect(recordedLayer(script('s').step, 's', () => record)).toEqual({ env: { A: '1', T: WITHHELD }, path: ['/a'] });
    expect(recordedLayer(script('s').step, 's', () => undefined)).toBe(EMPTY_LAYER);
  });

  test('a step that ran only to be there again are those of before', () => {
    const record = { ...exporting({ A: 'new' }), lastFinish: exporting({ A: 'old' }) };
    expect(recordedLayer(script('s').step, 's', () => record).env).toEqual({ A: 'old' });
  });

  test('a group are those of its steps in the order of the file, whatever ended first', () => {
    const { step } = group('g', [script('a'), group('h', [script('b')]), script('c')]);
    const records: Readonly<Record<string, StepRecord>> = {
      g: stepRecord(),
      'g/c': exporting({ V: 'c' }, ['/c']),
      'g/h/b': exporting({ V: 'b', W: 'b' }, ['/b']),
      'g/a': exporting({ V: 'a' }, ['/a']),
    };
    const layer = recordedLayer(step, 'g', (path) => records[path]);
    expect(layer).toEqual({ env: { V: 'c', W: 'b' }, path: ['/a', '/b', '/c'] });
  });

  test('a group that was skipped are none, although its steps once ran', () => {
    const { step } = group('g', [script('a')]);
    const records: Readonly<Record<string, StepRecord>> = {
      g: stepRecord({ status: 'skipped' }),
      'g/a': exporting({ V: 'a' }),
    };
    expect(recordedLayer(step, 'g', (path) => records[path])).toBe(EMPTY_LAYER);
  });
});

test('a stand-in says nothing of the value', () => {
  expect(standIns(['A', 'B'])).toEqual({ A: '***', B: '***' });
});
