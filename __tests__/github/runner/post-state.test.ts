import { expect, test } from 'vitest';
import { readPostState, savePostState, type PostState } from '../../../src/github/runner/post-state.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

const STATE: PostState = {
  version: 1,
  identity: {
    os: 'Linux',
    arch: 'X64',
    runId: '1',
    leg: 'l',
    attempt: 1,
    nonce: 'n',
    places: { workspace: '/w', temp: '/t', tool_cache: '' },
  },
  tempDir: '/t',
  workDir: '/w/.work',
};

/** The environment that the runner gives to post after main has saved these values. */
const handOn = (temp: TempFolder, states: readonly PostState[]): Record<string, string> => {
  const before = process.env['GITHUB_STATE'];
  process.env['GITHUB_STATE'] = temp.write('state', '');
  try {
    for (const state of states) savePostState(state);
  } finally {
    if (before === undefined) delete process.env['GITHUB_STATE'];
    else process.env['GITHUB_STATE'] = before;
  }
  const saved = [...temp.read('state').matchAll(/^savepoint<<(\S+)\n(.*)\n\1$/gm)].at(-1)?.[2];
  return saved === undefined ? {} : { STATE_savepoint: saved };
};

test('post knows what main saved last', () => {
  using temp = newTempFolder();
  const env = handOn(temp, [{ ...STATE, workDir: '' }, STATE]);
  expect(readPostState(env)).toEqual(STATE);
});

test.each([
  ['nothing', {}],
  ['what is of another version', { STATE_savepoint: '{"version":2}' }],
  ['what is no state', { STATE_savepoint: 'x' }],
])('of %s there is no state', (_what, env: Record<string, string>) => {
  expect(readPostState(env)).toBeUndefined();
});
