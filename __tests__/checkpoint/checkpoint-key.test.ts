import { expect, test } from 'vitest';
import {
  entryFolder,
  formatKey,
  legOf,
  legPrefix,
  parseKey,
  type KeyParts,
  type LegSource,
} from '../../src/checkpoint/checkpoint-key.js';

const PARTS: KeyParts = {
  os: 'linux',
  arch: 'x64',
  runId: '7001',
  leg: '0123456789abcdef',
  attempt: 2,
  sequence: 15,
  nonce: 'k3x9',
};
const KEY = 'savepoint-v1-linux-x64-7001-0123456789abcdef-002-000015-k3x9';

test('a key is written and read back', () => {
  expect(formatKey(PARTS)).toBe(KEY);
  expect(parseKey(KEY)).toEqual(PARTS);
});

test('counts beyond their digits are written out', () => {
  const parts = { ...PARTS, attempt: 1234, sequence: 12_345_678 };
  expect(formatKey(parts)).toContain('-1234-12345678-');
  expect(parseKey(formatKey(parts))).toEqual(parts);
});

test('what could be taken for a divider, or that caches refuse, becomes a dot', () => {
  const key = formatKey({ ...PARTS, os: 'macOS', arch: 'arm-64,v8', runId: '', nonce: 'A/B_C' });
  expect(key).toBe('savepoint-v1-macos-arm.64.v8-.-0123456789abcdef-002-000015-a.b.c');
  expect(parseKey(key)).toMatchObject({ os: 'macos', arch: 'arm.64.v8', leg: PARTS.leg, nonce: 'a.b.c' });
});

test.each([
  '',
  'savepoint-v1-linux',
  KEY.replace('v1', 'v2'),
  `x${KEY}`,
  `${KEY}-x`,
  `${KEY}\n`,
  KEY.replace('-002-', '-2-'),
  KEY.replace('-002-', '-0002-'),
  KEY.replace('-000015-', '-15-'),
  KEY.replace('-000015-', '-99999999999999999999-'),
  KEY.replace('linux', 'Linux'),
  KEY.replace('linux', ''),
  KEY.replace('k3x9', 'k,9'),
  KEY.replace('k3x9', 'k'.repeat(500)),
])('%j is not a key', (text) => {
  expect(parseKey(text)).toBeUndefined();
});

test('a key that no cache would take is a bug of ours', () => {
  expect(() => formatKey({ ...PARTS, nonce: 'x'.repeat(500) })).toThrow('at most 512 characters');
  expect(() => formatKey({ ...PARTS, attempt: -1 })).toThrow('whole numbers');
  expect(() => formatKey({ ...PARTS, sequence: 1.5 })).toThrow('whole numbers');
});

test('prefixes end where the next word begins', () => {
  expect(legPrefix(PARTS)).toBe('savepoint-v1-linux-x64-7001-0123456789abcdef-');
  expect(formatKey({ ...PARTS, runId: '70011' }).startsWith(legPrefix(PARTS))).toBe(false);
  expect(formatKey({ ...PARTS, leg: `${PARTS.leg}0` }).startsWith(legPrefix(PARTS))).toBe(false);
});

test('the keys of a leg sort by attempt, then sequence', () => {
  const keys = [1, 2, 10].flatMap((attempt) =>
    [9, 10, 100].map((sequence) => formatKey({ ...PARTS, attempt, sequence })),
  );
  expect(keys.toSorted()).toEqual(keys);
});

test('a part has a folder of its own beside other parts of its leg', () => {
  expect(entryFolder(PARTS)).toBe('002-000015-k3x9');
  expect(entryFolder({ ...PARTS, nonce: '../..' })).toBe('002-000015-.....');
});

const SOURCE: LegSource = {
  workflowFile: 'octo/app/.github/workflows/ci.yml@refs/heads/main',
  job: 'test',
  matrix: { os: 'ubuntu', node: 20 },
  action: '__savepoint',
  pipeline: 'savepoint.yml',
  id: '',
};

test('a leg is 16 hex digits that stay the same', () => {
  expect(legOf(SOURCE)).toBe('61aee0c7cfa9818b');
});

test('neither the ref of the workflow nor the order of matrix values belongs to a leg', () => {
  const others: readonly Partial<LegSource>[] = [
    { workflowFile: 'octo/app/.github/workflows/ci.yml@refs/pull/7/merge' },
    { workflowFile: 'octo/app/.github/workflows/ci.yml@refs/heads/a@refs/b' },
    { workflowFile: 'octo/app/.github/workflows/ci.yml' },
    { matrix: { node: 20, os: 'ubuntu' } },
  ];
  expect(others.map((other) => legOf({ ...SOURCE, ...other }))).toEqual(others.map(() => legOf(SOURCE)));
});

test.each<Partial<LegSource>>([
  { workflowFile: 'octo/app/.github/workflows/cd.yml@refs/heads/main' },
  { workflowFile: 'octo/app/.github/workflows/ci@2.yml' },
  { job: 'lint' },
  { matrix: null },
  { matrix: { os: 'ubuntu', node: 22 } },
  { matrix: { os: 'ubuntu', node: '20' } },
  { action: '__savepoint_2' },
  { pipeline: 'other.yml' },
  { id: 'second' },
])('another job has another leg: %j', (other) => {
  expect(legOf({ ...SOURCE, ...other })).not.toBe(legOf(SOURCE));
});
