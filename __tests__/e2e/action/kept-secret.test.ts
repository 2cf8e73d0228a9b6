import { describe, expect, test } from 'vitest';
import { failsAt, openScene, type Scene, warningsOf } from './scenes.js';
import { storedText, textBelow } from './stored-text.js';
import { LONG } from '../../rig/scale.js';

const SECRET = 'correct-horse-battery-staple';
const ENV = { TOKEN: SECRET };
const KEY = { 'encryption-key': 'key of the first attempt' };

const PIPELINE = `
secrets: [TOKEN]
steps:
  - { id: one, run: 'echo nobody-knows > one' }
  - id: login
    run: 'echo "token=$TOKEN" > .npmrc; ln .npmrc linked; printf "%s" "$TOKEN" | base64 > encoded; echo harmless > public; echo "$TOKEN"'
  - { id: use, run: 'grep -qx "token=$TOKEN" .npmrc; cat public; ${failsAt('use')}' }
`;

const openSecretScene = (): Promise<Scene> => openScene(PIPELINE, { secrets: [SECRET] });

describe('without an encryption key', () => {
  test('a file that holds a secret is left out under all its names, and its step runs again', async () => {
    await using scene = await openSecretScene();
    const first = await scene.attempt({ failAt: 'use', env: ENV });
    expect(warningsOf(first)).toEqual([
      'these files hold a secret or cannot be stored and are left out of checkpoints, so "login" runs again on resume: .npmrc, encoded, linked',
    ]);
    const stored = await storedText(scene.github);
    expect(stored).toContain('harmless');
    expect(stored).not.toContain(SECRET);
    expect(stored).not.toContain(Buffer.from(SECRET).toString('base64'));
    const second = await scene.attempt({ env: ENV, before: 'ls -A' });
    expect(second.steps).toEqual({
      one: '↻ kept from attempt 1',
      login: '✓ it left a file that holds a secret or cannot be stored',
      use: '✓ it needs "login", which runs again',
    });
    expect(second.end.status).toBe('success');
  });
});

describe('with an encryption key', () => {
  test('nothing is left out, and neither GitHub nor the machine keeps what could be read', async () => {
    await using scene = await openSecretScene();
    const first = await scene.attempt({ failAt: 'use', env: ENV, inputs: KEY });
    expect(warningsOf(first)).toEqual([]);
    const stored = await storedText(scene.github);
    expect(stored).toContain('manifest.sealed');
    const text = [stored, textBelow(first.job.runnerTemp), textBelow(`${first.job.workspace}/.work`)].join('\n');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64'));
    expect(text).not.toContain(KEY['encryption-key']);
    for (const { content } of await scene.github.entries()) expect(content.toString('latin1')).not.toContain('nobody');
    const second = await scene.attempt({ env: ENV, inputs: KEY });
    expect(second.steps).toEqual({
      one: '↻ kept from attempt 1',
      login: '↻ kept from attempt 1',
      use: '✓ it failed last time',
    });
    expect(second.end.status).toBe('success');
  });

  test.each([
    ['another key', { 'encryption-key': 'another' }, /cannot be opened/],
    ['no key', {}, /it is encrypted, and this job has no "encryption-key"/],
  ])('a re-run with %s does not use the checkpoint, and says why', async (_, inputs, reason) => {
    await using scene = await openSecretScene();
    await scene.attempt({ failAt: 'use', env: ENV, inputs: KEY });
    const second = await scene.attempt({ env: ENV, inputs });
    expect(second.step.log).toMatch(reason);
    expect(second.step.outputs['steps-resumed']).toBe('0');
    expect(second.end.status).toBe('success');
  });

  test('a re-run that asks for a key does not use a checkpoint without one', LONG, async () => {
    await using scene = await openSecretScene();
    await scene.attempt({ failAt: 'use', env: ENV });
    const second = await scene.attempt({ env: ENV, inputs: KEY });
    expect(second.step.log).toContain('it is not encrypted, although this job has an "encryption-key"');
    expect(second.step.outputs['steps-resumed']).toBe('0');
  });
});

describe('with an empty encryption key, as in a run from a fork', () => {
  const EMPTY = { 'encryption-key': '' };

  test('nothing is stored or asked for, one warning says so, and the job continues', async () => {
    await using scene = await openSecretScene();
    const first = await scene.attempt({ env: ENV, inputs: EMPTY, after: 'exit 1' });
    expect(first.step.conclusion).toBe('success');
    expect(warningsOf(first)).toEqual([expect.stringContaining('"encryption-key" is empty')]);
    expect(scene.github.requests).toEqual([]);
    const second = await scene.attempt({ env: ENV, inputs: EMPTY });
    expect(second.step.outputs).toMatchObject({ resumed: 'false', checkpoint: 'none', outcome: 'succeeded' });
  });

  test('a re-run that requires to be resumed fails', LONG, async () => {
    await using scene = await openSecretScene();
    await scene.attempt({ failAt: 'use', env: ENV, inputs: KEY });
    const { step } = await scene.attempt({ env: ENV, inputs: { ...EMPTY, resume: 'require' } });
    expect(step.conclusion).toBe('failure');
    expect(step.annotations).toMatchObject([
      { kind: 'error', message: expect.stringMatching(/no checkpoints .*"resume: require"/) as unknown },
      { kind: 'warning', message: expect.stringContaining('"encryption-key" is empty') as unknown },
    ]);
  });
});
