import { describe, expect, test } from 'vitest';
import { decideResume, type ResumingJob } from '../../src/checkpoint/decide-resume.js';
import { checkpointManifest, markerManifest } from './manifest-builder.js';

const MANIFEST = checkpointManifest();
const HERE: ResumingJob = {
  runId: MANIFEST.run_id,
  leg: MANIFEST.leg,
  os: MANIFEST.os,
  arch: MANIFEST.arch,
  commit: MANIFEST.commit,
};

test('a checkpoint of the same run, leg, system and commit is usable', () => {
  expect(decideResume(MANIFEST, HERE)).toEqual({ kind: 'usable' });
});

test('one made where nothing was checked out is usable where nothing is', () => {
  expect(decideResume(checkpointManifest({ commit: '' }), { ...HERE, commit: '' })).toEqual({ kind: 'usable' });
});

describe('it is refused with the reason', () => {
  test.each<[Partial<ResumingJob>, string]>([
    [{ runId: '7002' }, 'it belongs to another workflow run (7001, this is 7002)'],
    [{ leg: 'f'.repeat(16) }, 'it belongs to another job, matrix leg or step of this workflow run'],
    [{ os: 'macos' }, 'it was made on linux x64, this is macos x64'],
    [{ arch: 'arm64' }, 'it was made on linux x64, this is linux arm64'],
    [{ commit: 'def5678ff' }, 'it was made on another commit (abc1234, this is def5678)'],
    [{ commit: '' }, 'it was made on another commit (abc1234, this is none)'],
  ])('%j', (other, because) => {
    expect(decideResume(MANIFEST, { ...HERE, ...other })).toEqual({ kind: 'refused', because });
  });
});

describe('a marker that the run is finished', () => {
  const finished = markerManifest('finished');

  test('is not refused, whatever machine it was made on', () => {
    expect(decideResume(finished, HERE)).toEqual({ kind: 'finished' });
    expect(decideResume(finished, { ...HERE, arch: 'arm64', commit: '' })).toEqual({ kind: 'finished' });
  });

  test('counts for its own run and leg only', () => {
    expect(decideResume(finished, { ...HERE, runId: '7002' }).kind).toBe('refused');
    expect(decideResume(finished, { ...HERE, leg: 'f'.repeat(16) }).kind).toBe('refused');
  });
});
