import { expect, test } from 'vitest';
import { readArguments } from '../../../src/local/command-line/arguments.js';

const NORMAL = { json: false, loudness: 'normal', noColor: false };
const NO_SELECTION = { rerun: [], acceptChanges: false };

test.each<[string, object]>([
  ['run', { command: 'run', inputs: {}, output: NORMAL }],
  ['run ci.yml', { command: 'run', pipeline: 'ci.yml', inputs: {}, output: NORMAL }],
  ['run -- ci.yml', { command: 'run', pipeline: 'ci.yml', inputs: {}, output: NORMAL }],
  [
    'run --input a=1 --input=b=x=y --input c= --run-id r-1 --max-parallel=4 --work-dir out',
    {
      command: 'run',
      inputs: { a: '1', b: 'x=y', c: '' },
      runId: 'r-1',
      maxParallel: 4,
      workDir: 'out',
      output: NORMAL,
    },
  ],
  ['--json run --no-color', { command: 'run', inputs: {}, output: { json: true, loudness: 'normal', noColor: true } }],
  ['run --quiet', { command: 'run', inputs: {}, output: { ...NORMAL, loudness: 'quiet' } }],
  ['run --verbose', { command: 'run', inputs: {}, output: { ...NORMAL, loudness: 'verbose' } }],
  ['resume', { command: 'resume', inputs: {}, selection: NO_SELECTION, output: NORMAL }],
  [
    'resume r1 --pipeline ci.yml --rerun a,b --rerun=c/d --from e --accept-changes',
    {
      command: 'resume',
      id: 'r1',
      pipeline: 'ci.yml',
      inputs: {},
      selection: { rerun: ['a', 'b', 'c/d'], from: 'e', acceptChanges: true },
      output: NORMAL,
    },
  ],
  [
    'plan ci.yml --only a',
    { command: 'plan', pipeline: 'ci.yml', inputs: {}, selection: { ...NO_SELECTION, only: 'a' }, output: NORMAL },
  ],
  ['validate ci.yml --json', { command: 'validate', pipeline: 'ci.yml', output: { ...NORMAL, json: true } }],
  ['status r1 --work-dir w', { command: 'status', id: 'r1', workDir: 'w', output: NORMAL }],
  ['logs build/x --run-id r1', { command: 'logs', step: 'build/x', runId: 'r1', output: NORMAL }],
  ['init', { command: 'init' }],
  ['help', { command: 'help' }],
  ['help run', { command: 'help', topic: 'run' }],
  ['run --help', { command: 'help', topic: 'run' }],
  ['run -h --nonsense', { command: 'help', topic: 'run' }],
  ['--help', { command: 'help' }],
  ['--version', { command: 'version' }],
  ['version', { command: 'version' }],
])('"%s" is understood', (line, expected) => {
  expect(readArguments(line.split(' '))).toEqual({ ok: true, value: expected });
});

test.each<[string, string]>([
  [
    '',
    'no command given; there are: run, resume, plan, validate, status, logs, init, help, version (see savepoint --help)',
  ],
  ['resum', 'unknown command "resum", did you mean "resume"?'],
  ['approve', 'unknown command "approve"; there are: run, resume, plan, validate, status, logs, init, help, version'],
  ['help statu', 'unknown command "statu", did you mean "status"?'],
  ['ci.yml', 'unknown command "ci.yml"; to run that file: savepoint run ci.yml'],
  ['--json', '--json needs a command before it: savepoint run --json'],
  ['run a.yml b.yml', '"b.yml" is one word too many: savepoint run [pipeline] [options]'],
  ['init here', '"here" is one word too many: savepoint init'],
  ['run --imput a=1', 'unknown option "--imput", did you mean "--input"?'],
  ['run --xyzzy', 'unknown option "--xyzzy"; see savepoint help run'],
  ['run -q', 'unknown option "-q"; see savepoint help run'],
  ['run --rerun a', '--rerun belongs to resume and plan, not to run'],
  ['run --from a', '--from belongs to resume and plan, not to run'],
  ['run --only a', '--only belongs to resume and plan, not to run'],
  ['run --accept-changes', '--accept-changes belongs to resume and plan, not to run'],
  ['resume --run-id r', '--run-id belongs to run and logs, not to resume'],
  ['validate --input a=1', '--input belongs to run, resume and plan, not to validate'],
  ['run --quiet --verbose', '--quiet and --verbose exclude each other'],
  ['resume --only a --from b', '--only and --from exclude each other'],
  ['resume --only a --rerun b', '--only and --rerun exclude each other'],
  ['resume --from a --from b', '--from is given twice'],
  ['run --work-dir', '--work-dir needs a value: --work-dir=<folder>'],
  ['run --work-dir --json', '--work-dir needs a value: --work-dir=<folder>'],
  ['run --work-dir=', '--work-dir needs a value: --work-dir=<folder>'],
  ['run --json=yes', '--json takes no value'],
  ['run --input a', '--input is name=value, not "a"'],
  ['run --input =a', '--input is name=value, not "=a"'],
  ['run --input a=1 --input a=2', '--input a is given twice'],
  ['run --max-parallel 0', '--max-parallel is a whole number from 1, not "0"'],
  ['run --max-parallel two', '--max-parallel is a whole number from 1, not "two"'],
  ['run --run-id ../x', '--run-id is up to 100 letters, digits, ".", "_" and "-", not "../x"'],
  ['resume --rerun ,', '--rerun needs the paths of steps: --rerun=a,b'],
])('"%s" is refused with what would be right', (line, message) => {
  expect(readArguments(line === '' ? [] : line.split(' '))).toEqual({ ok: false, error: message });
});

test('an input named like a part of every object is an input', () => {
  const args = readArguments(['run', '--input', '__proto__=x']);
  expect(args.ok && args.value.command === 'run' && Object.keys(args.value.inputs)).toEqual(['__proto__']);
});
