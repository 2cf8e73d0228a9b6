import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  calledFilesIn,
  findPipelineFile,
  PIPELINE_LIMIT_BYTES,
  PIPELINE_NAMES,
} from '../../../src/machine/workspace/pipeline-file.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test.each(PIPELINE_NAMES)('%s is found without being named', (name) => {
  using folder = newTempFolder();
  folder.write(name, 'steps: []');
  expect(valueOf(findPipelineFile(folder.path, undefined))).toEqual({ file: name, bytes: Buffer.from('steps: []') });
});

test('of several the first place wins', () => {
  using folder = newTempFolder();
  for (const name of PIPELINE_NAMES.toReversed()) folder.write(name);
  expect(valueOf(findPipelineFile(folder.path, undefined)).file).toBe('savepoint.yml');
});

test.each([
  ['ci/release.yaml', 'below'],
  ['./ci//release.yaml', 'below, in another way'],
])('a named file has one name: %s, %s', (name) => {
  using folder = newTempFolder();
  folder.write('ci/release.yaml', 'x');
  folder.write('savepoint.yml');
  const expected = { file: 'ci/release.yaml', bytes: Buffer.from('x') };
  expect(valueOf(findPipelineFile(folder.path, name))).toEqual(expected);
  expect(valueOf(findPipelineFile(folder.path, folder.at(name)))).toEqual(expected);
});

test('a file elsewhere is named by its absolute path', () => {
  using folder = newTempFolder();
  folder.write('a.yml');
  folder.write('project/b.yml');
  expect(valueOf(findPipelineFile(folder.at('project'), '../a.yml')).file).toBe(folder.at('a.yml'));
});

test('when there is none it lists where it looked', () => {
  using folder = newTempFolder();
  expect(errorOf(findPipelineFile(folder.path, undefined))).toEqual({
    code: 'file-not-found',
    message:
      'no pipeline file here; looked for savepoint.yml, .github/savepoint.yml, pipeline.yml, .github/pipeline.yml (savepoint init writes one to begin with)',
  });
});

test.each(['missing.yml', 'file.txt/missing.yml', 'nul\0.yml'])(
  'a named file that is not there is an error: %j',
  (name) => {
    using folder = newTempFolder();
    folder.write('savepoint.yml');
    folder.write('file.txt');
    expect(errorOf(findPipelineFile(folder.path, name))).toEqual({
      code: 'file-not-found',
      message: `there is no file "${name}"`,
    });
  },
);

test('a directory is an error that says so', () => {
  using folder = newTempFolder();
  mkdirSync(folder.at('savepoint.yml'));
  expect(errorOf(findPipelineFile(folder.path, undefined)).code).toBe('file-is-directory');
});

test('a file at the limit is read, one byte more is refused', () => {
  using folder = newTempFolder();
  folder.write('at-limit.yml', Buffer.alloc(PIPELINE_LIMIT_BYTES, 35));
  folder.write('above.yml', Buffer.alloc(PIPELINE_LIMIT_BYTES + 1, 35));
  expect(valueOf(findPipelineFile(folder.path, 'at-limit.yml')).bytes).toHaveLength(PIPELINE_LIMIT_BYTES);
  expect(errorOf(findPipelineFile(folder.path, 'above.yml')).code).toBe('file-too-large');
});

test('a file without end is refused rather than read whole', () => {
  expect(errorOf(findPipelineFile('/', '/dev/zero')).code).toBe('file-too-large');
});

describe('a called file', () => {
  const messageOf = async (folder: string, file: string): Promise<string> => errorOf(await calledFilesIn(folder)(file));

  test('is read below the workspace, and has the name it is called by', async () => {
    using folder = newTempFolder();
    folder.write('ci/deploy.yml', 'x');
    symlinkSync('ci/deploy.yml', folder.at('link.yml'));
    const load = calledFilesIn(folder.path);
    expect(valueOf(await load('ci/deploy.yml'))).toEqual({ file: 'ci/deploy.yml', bytes: Buffer.from('x') });
    expect(valueOf(await load('link.yml'))).toEqual({ file: 'link.yml', bytes: Buffer.from('x') });
  });

  test('is found although the workspace itself is reached through a link', async () => {
    using folder = newTempFolder();
    folder.write('real/a.yml', 'x');
    symlinkSync('real', folder.at('linked'));
    expect(valueOf(await calledFilesIn(folder.at('linked'))('a.yml')).file).toBe('a.yml');
  });

  test('that a link leads out of the workspace to is refused', async () => {
    using folder = newTempFolder();
    folder.write('secret.yml');
    folder.write('project/a.yml');
    symlinkSync('../secret.yml', folder.at('project/link.yml'));
    symlinkSync('..', folder.at('project/up'));
    expect(await messageOf(folder.at('project'), 'link.yml')).toBe('"link.yml" leads out of the workspace');
    expect(await messageOf(folder.at('project'), 'up/secret.yml')).toBe('"up/secret.yml" leads out of the workspace');
  });

  test.each(['gone.yml', 'a.yml/gone.yml', 'broken.yml'])('that is not there is an error: %s', async (file) => {
    using folder = newTempFolder();
    folder.write('a.yml');
    symlinkSync('nowhere', folder.at('broken.yml'));
    expect(await messageOf(folder.path, file)).toBe(`there is no file "${file}"`);
  });

  test('that is none is an error', async () => {
    using folder = newTempFolder();
    mkdirSync(folder.at('ci'));
    folder.write('large.yml', Buffer.alloc(PIPELINE_LIMIT_BYTES + 1, 35));
    symlinkSync('round.yml', folder.at('round.yml'));
    expect(await messageOf(folder.path, 'ci')).toContain('"ci" is a directory');
    expect(await messageOf(folder.path, '.')).toContain('"." is a directory');
    expect(await messageOf(folder.path, 'large.yml')).toContain('"large.yml" is larger than 4 MiB');
    expect(await messageOf(folder.path, 'round.yml')).toContain('"round.yml" cannot be read: ELOOP');
  });
});
