import { describe, expect, test } from 'vitest';
import { err } from '../../../src/base/result.js';
import type { FilesCheck } from '../../../src/language/model/pipeline.js';
import type { WorkspaceFiles } from '../../../src/evaluate/context/workspace-files.js';
import { checkFiles } from '../../../src/run/process/check-files.js';
import { createMemoryFiles } from '../../plan/memory-files.js';

const scope = {
  context: () => ({ name: 'report' }),
  functions: { success: () => true, failure: () => false, cancelled: () => false, hashFiles: () => '' },
};

/** Why files are not as a check wants them; undefined when they are. */
const faultOf = async (
  check: Partial<FilesCheck>,
  files: Readonly<Record<string, string>> | WorkspaceFiles,
): Promise<string | undefined> => {
  const whole: FilesCheck = { kind: 'files', level: 'error', path: 'out/**', minCount: 1, ...check };
  const fault = await checkFiles(whole, scope, isPort(files) ? files : createMemoryFiles(files));
  return fault.ok ? fault.value : `raises: ${fault.error}`;
};

const isPort = (files: object): files is WorkspaceFiles => 'match' in files && typeof files.match === 'function';

describe('the number of files', () => {
  test.each<[number, Readonly<Record<string, string>>, string | undefined]>([
    [1, {}, 'out/**: found 0 files, expected at least 1'],
    [1, { 'out/a': '' }, undefined],
    [2, { 'out/a': '', other: '' }, 'out/**: found 1 file, expected at least 2'],
    [3, { 'out/a': '', 'out/b': '' }, 'out/**: found 2 files, expected at least 3'],
    [0, {}, undefined],
  ])('is at least %s', async (minCount, files, fault) => {
    expect(await faultOf({ minCount }, files)).toBe(fault);
  });
});

describe('the size of each file', () => {
  test.each<[string, string | undefined]>([
    ['x'.repeat(1024), undefined],
    ['x'.repeat(1023), 'out/b: 1023 bytes, expected at least 1KiB'],
    ['x', 'out/b: 1 byte, expected at least 1KiB'],
  ])('is at least what is wanted', async (text, fault) => {
    expect(await faultOf({ minSizeBytes: 1024 }, { 'out/a': 'x'.repeat(2048), 'out/b': text })).toBe(fault);
  });
});

describe('the form of each file', () => {
  const inline = { type: 'object', required: ['name'] };

  test('is that of a schema in the check', async () => {
    const files = { 'out/a': '{"name":"x"}', 'out/b': '{}' };
    expect(await faultOf({ path: 'out/a', schema: { inline } }, files)).toBeUndefined();
    expect(await faultOf({ schema: { inline } }, files)).toBe('out/b: must have "name" (schema)');
  });

  test('is that of a schema in a file, whose name may be a template', async () => {
    const files = { 'report.schema.json': JSON.stringify(inline), 'out/a': '[]' };
    const schema = { file: '${{ inputs.name }}.schema.json' };
    expect(await faultOf({ schema }, files)).toBe('out/a: must be object (schema)');
  });

  test('is JSON, of which nothing is shown where it is not', async () => {
    expect(await faultOf({ schema: { inline: true } }, { 'out/a': 'hunter2' })).toBe('out/a: not JSON');
  });

  test('cannot be told of a file that cannot be read, or is too large', async () => {
    const limits: number[] = [];
    const files: WorkspaceFiles = {
      ...createMemoryFiles({ 'out/a': '' }),
      readText: (path, limitBytes) => {
        limits.push(limitBytes);
        return Promise.resolve(err(`"${path}" is larger than 16MiB`));
      },
    };
    expect(await faultOf({ schema: { inline } }, files)).toBe('out/a: "out/a" is larger than 16MiB');
    expect(limits).toEqual([16 * 1024 * 1024]);
  });

  test.each<[string, string | undefined, string]>([
    ['is not there', undefined, 'the schema s.json: s.json is not there'],
    ['is not JSON', '{', 'the schema s.json is not JSON'],
    ['is no schema', '1', 'the schema s.json is neither an object nor true or false'],
  ])('cannot be told by a schema that %s', async (_what, text, fault) => {
    const files = { 'out/a': '{}', ...(text !== undefined && { 's.json': text }) };
    expect(await faultOf({ schema: { file: 's.json' } }, files)).toBe(fault);
  });

  test('is not looked at where there is no file to look at', async () => {
    expect(await faultOf({ minCount: 0, schema: { inline } }, {})).toBeUndefined();
  });
});

test('a path that cannot be looked at is a fault, one without a value raises', async () => {
  const files: WorkspaceFiles = {
    ...createMemoryFiles(),
    match: () => Promise.resolve(err('the glob "../x" leads out of the workspace')),
  };
  expect(await faultOf({ path: '../x' }, files)).toBe('the glob "../x" leads out of the workspace');
  const broken = "${{ fromJSON('{') }}";
  expect(await faultOf({ path: broken }, {})).toMatch(/^raises: fromJSON/);
  expect(await faultOf({ schema: { file: broken } }, { 'out/a': '{}' })).toMatch(/^raises: fromJSON/);
});
