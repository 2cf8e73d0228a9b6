import { expect, test } from 'vitest';
import type { CallStep } from '../../../src/language/model/pipeline.js';
import { readFiles } from '../many-files.js';

const CALLED = 'inputs: {n: {type: number}, s: {}, level: {enum: [low, high]}}\nsteps: [{run: a}]\noutputs: {o: "1"}\n';

const mistakesIn = async (call: string, called = CALLED): Promise<readonly string[]> => {
  const result = await readFiles({ 'savepoint.yml': `steps:\n  - ${call}\n`, 'a.yml': called });
  return result.ok ? [] : result.error.map(({ code, message }) => `${message} [${code}]`);
};

const callOf = async (call: string): Promise<CallStep> => {
  const result = await readFiles({ 'savepoint.yml': `steps:\n  - ${call}\n`, 'a.yml': CALLED });
  const [step] = result.ok ? result.value.steps : [];
  return step?.kind === 'pipeline' ? step : expect.fail(JSON.stringify(result));
};

test('a call is a step like any other', async () => {
  const call = await callOf(
    '{id: c, name: Deploy, if: always(), env: {A: b}, mutex: m, timeout: 1m, continue_on_error: true, pipeline: a.yml}',
  );
  expect(call).toMatchObject({ id: 'c', name: 'Deploy', if: 'always()', env: { A: 'b' }, mutex: 'm', line: 2 });
  expect(call).toMatchObject({ timeoutMs: 60_000, continueOnError: true, with: {}, outputs: { o: '1' } });
});

test('its shell and working directory are kept for the scripts of the file', async () => {
  const call = await callOf('{pipeline: a.yml, shell: sh, working_directory: "${{ run.id }}"}');
  expect(call).toMatchObject({ shell: 'sh', workingDirectory: '${{ run.id }}' });
});

test('fallbacks of a call are read', async () => {
  const { fallbacks } = await callOf('{pipeline: a.yml, on_failure: [{run: x}], finally: [{pipeline: a.yml}]}');
  expect(fallbacks.on_failure).toMatchObject([{ kind: 'script' }]);
  expect(fallbacks.finally).toMatchObject([{ kind: 'pipeline', called: { file: 'a.yml' } }]);
});

test.each([
  ['text for a number, as on a command line', '{n: "7"}'],
  ['a number', '{n: -1.5}'],
  ['text of the enum', '{level: low}'],
  ['what is known only later', '{n: "${{ run.id }}", level: "x${{ run.id }}"}'],
])('a value may be %s', async (_what, given) => {
  expect(await mistakesIn(`{pipeline: a.yml, with: ${given}}`)).toEqual([]);
});

test('a value that can never be right is reported before the run', async () => {
  expect(await mistakesIn('{pipeline: a.yml, with: {n: x, s: true, level: middle}}')).toEqual([
    'the input "n" must be a number, found "x" [bad-input]',
    'the input "s" must be text, found "true"; put it in quotes [bad-input]',
    'the input "level" must be one of low, high, found "middle" [bad-input]',
  ]);
});

test('expressions in "with" are checked as those of the caller', async () => {
  expect(await mistakesIn('{pipeline: a.yml, with: {n: "${{ inputs.n }}"}}')).toEqual([
    'the file declares no input "n" [undeclared-input]',
  ]);
});

test('an unknown input tells those there are when none is close', async () => {
  expect(await mistakesIn('{pipeline: a.yml, with: {zzzzz: 1}}')).toEqual([
    '"a.yml" declares no input "zzzzz"; it declares n, s, level [unknown-input]',
  ]);
  expect(await mistakesIn('{pipeline: a.yml, with: {x: 1}}', 'steps: [{run: a}]')).toEqual([
    '"a.yml" declares no input "x"; it declares none [unknown-input]',
  ]);
});

test('a mutex around a call is held while the steps of the file wait for theirs', async () => {
  const wants = 'steps: [{run: a, finally: [{run: b, mutex: m}]}]';
  const forever =
    '"a.yml" wants the mutex "m", which is held around this call, so it would wait forever [nested-mutex]';
  expect(await mistakesIn('{pipeline: a.yml, mutex: m}', wants)).toEqual([forever]);
  expect(await mistakesIn('{mutex: m, parallel: [{pipeline: a.yml}]}', wants)).toEqual([forever]);
  expect(await mistakesIn('{pipeline: a.yml, mutex: other}', wants)).toEqual([]);
});
