import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import { parseManifest, renderManifest } from '../../src/checkpoint/parse-manifest.js';
import { errorOf, valueOf } from '../machine/temp-folder.js';
import { checkpointManifest, markerManifest, storedFile } from './manifest-builder.js';

test.each([
  ['a checkpoint', checkpointManifest()],
  [
    'a checkpoint without a baseline and archives',
    (({ baseline: _, ...rest }) => rest)(checkpointManifest({ chain: [] })),
  ],
  ['a marker that the run is finished', markerManifest('finished')],
])('%s is written and read back', (_what, manifest) => {
  expect(valueOf(parseManifest(renderManifest(manifest)))).toEqual(manifest);
});

/** The error for a manifest with one property changed; undefined removes the property. */
const faultWith = (way: readonly (string | number)[], value: Json | undefined): string => {
  const manifest: unknown = JSON.parse(renderManifest(checkpointManifest()));
  let target = manifest as Record<string | number, unknown>;
  for (const name of way.slice(0, -1)) target = target[name] as typeof target;
  target[way.at(-1) ?? ''] = value;
  return errorOf(parseManifest(JSON.stringify(manifest)));
};

describe('something else is refused as such', () => {
  test.each(['', 'not JSON', '[]', '"text"', 'null', '{}', '{"format":"other","version":1}'])('%j', (text) => {
    expect(errorOf(parseManifest(text))).toBe('its manifest was not written by Savepoint');
  });

  test('a cut-off one', () => {
    expect(errorOf(parseManifest(renderManifest(checkpointManifest()).slice(0, -3)))).toContain(
      'not written by Savepoint',
    );
  });
});

test.each([0, 2, 17])('version %i is an error of its own, whatever else there is', (version) => {
  const text = JSON.stringify({ format: 'savepoint-checkpoint', version, other: true });
  expect(errorOf(parseManifest(text))).toBe(`its manifest has version ${version}, and this Savepoint reads version 1`);
});

test.each(['1', null, 1.5, -1])('%j is no version', (version) => {
  expect(faultWith(['version'], version)).toBe('its manifest is damaged: version is not 1');
});

const COUNTS: readonly Json[] = [-1, 1.5, '1', null, 2 ** 53, [1]];
const TEXTS: readonly Json[] = ['', 5, null, ['a']];
const FILES: readonly Json[] = [null, 'journal', [], {}];

describe('every property is checked', () => {
  test.each<[(string | number)[], readonly (Json | undefined)[]]>([
    [['kind'], ['other', '', null, 1, undefined]],
    [['run_id'], [...TEXTS, undefined]],
    [['leg'], [...TEXTS, undefined]],
    [['attempt'], [...COUNTS, 0, undefined]],
    [['sequence'], [...COUNTS, undefined]],
    [['os'], [...TEXTS, undefined]],
    [['arch'], [...TEXTS, undefined]],
    [['commit'], [5, null, undefined]],
    [['saved_at'], [...COUNTS, undefined]],
    [['machine_paths'], [null, {}, 'text', undefined]],
    [
      ['machine_paths', 0],
      [null, [], 'text'],
    ],
    [
      ['machine_paths', 0, 'workspace'],
      [5, null, undefined],
    ],
    [
      ['machine_paths', 0, 'temp'],
      [5, null, undefined],
    ],
    [
      ['machine_paths', 0, 'tool_cache'],
      [5, null, undefined],
    ],
    [['chain'], [null, {}, 'text', undefined]],
    [
      ['chain', 1],
      [null, [], 'text'],
    ],
    [
      ['chain', 1, 'step'],
      [...TEXTS, undefined],
    ],
    [
      ['chain', 1, 'concurrent_steps'],
      [null, 'check/test', {}],
    ],
    [['chain', 1, 'concurrent_steps', 0], TEXTS],
    [['must_rerun'], [null, [], 'text', undefined]],
    [
      ['must_rerun', 'build'],
      [5, null, {}],
    ],
  ])('%j', (way, values) => {
    const place = way.reduce<string>((text, name) => {
      if (typeof name === 'number') return `${text}[${name}]`;
      if (text === 'must_rerun') return `${text}["${name}"]`;
      return text === '' ? name : `${text}.${name}`;
    }, '');
    for (const value of values) expect(faultWith(way, value)).toContain(`its manifest is damaged: ${place} is not `);
  });

  test.each([['journal'], ['baseline'], ['chain', 0, 'tree'], ['chain', 0, 'deleted']])('%j', (...way) => {
    for (const value of FILES) expect(faultWith(way, value)).toContain('its manifest is damaged: ');
  });

  test.each<[string, readonly (Json | undefined)[]]>([
    ['key', ['', 5, null, undefined, 'savepoint-v1-linux', storedFile('a').key.replace('v1', 'v2')]],
    ['name', ['', '.', '..', 'a/b', '/a', 'a\\b', 'a\0', 'ä', 'a b', 'a'.repeat(101), 5, undefined]],
    ['size_bytes', [...COUNTS, undefined]],
    ['digest', ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), `${'a'.repeat(64)}\n`, 5, undefined]],
    ['compression', ['none', 'xz', '', null, undefined]],
  ])('%s of a file', (name, values) => {
    for (const way of [['journal'], ['chain', 0, 'deleted']])
      for (const value of values)
        expect(faultWith([...way, name], value)).toMatch(
          /^its manifest is damaged: (journal|chain\[0\]\.deleted)\.\w+ is not /,
        );
  });

  test.each<[(string | number)[], string]>([
    [['extra'], 'extra is unknown'],
    [['journal', 'extra'], 'journal.extra is unknown'],
    [['chain', 2, 'constructor'], 'chain[2].constructor is unknown'],
    [['machine_paths', 0, 'extra'], 'machine_paths[0].extra is unknown'],
  ])('%j is unknown', (way, fault) => {
    expect(faultWith(way, 'text')).toBe(`its manifest is damaged: ${fault}`);
  });
});

describe('what does not go together is refused', () => {
  test('a checkpoint without a journal', () => {
    expect(faultWith(['journal'], undefined)).toBe('its manifest is damaged: it lists no journal');
  });

  test('a marker with files', () => {
    expect(faultWith(['kind'], 'finished')).toBe('its manifest is damaged: a marker lists files');
  });

  test.each([
    ['-7001-', '-7002-'],
    ['-linux-', '-macos-'],
    ['-x64-', '-arm64-'],
    ['-0123456789abcdef-', '-0000000000000000-'],
  ])('a file of another leg: %s in place of %s', (own, other) => {
    const key = storedFile('a').key.replace(own, other);
    for (const way of [['journal'], ['baseline'], ['chain', 0, 'tree'], ['chain', 0, 'deleted']])
      expect(faultWith([...way, 'key'], key)).toBe(
        `its manifest is damaged: it lists a file of another job or run (${key})`,
      );
  });

  test('files of other attempts go together', () => {
    const journal = storedFile('journal', { key: storedFile('a').key.replace('-001-000003-', '-002-000009-') });
    expect(parseManifest(renderManifest(checkpointManifest({ journal }))).ok).toBe(true);
  });
});
