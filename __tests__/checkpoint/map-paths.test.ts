import { describe, expect, test } from 'vitest';
import { createPathMapping, mapExports, mapRecord } from '../../src/checkpoint/map-paths.js';
import type { MachinePaths } from '../../src/checkpoint/manifest.js';
import { stepRecord } from '../plan/step-record.js';

const OLD: MachinePaths = { workspace: '/old/app', temp: '/old/app/_temp', tool_cache: '/opt/tools.1' };
const NEW: MachinePaths = { workspace: '/home/new', temp: '/tmp/t', tool_cache: '/tools' };
const map = createPathMapping([OLD], NEW);

test.each([
  ['/old/app', '/home/new'],
  ['/old/app/', '/home/new/'],
  ['/old/app/dist/x', '/home/new/dist/x'],
  ['/old/app/_temp/x', '/tmp/t/x'],
  ['/opt/tools.1/node/bin', '/tools/node/bin'],
  ['/old/app/bin:/usr/bin:/old/app', '/home/new/bin:/usr/bin:/home/new'],
  ['--prefix=/old/app', '--prefix=/home/new'],
  ['-I/old/app/include -L/old/app/lib', '-I/home/new/include -L/home/new/lib'],
  ['-ffile-prefix-map=/old/app=.', '-ffile-prefix-map=/home/new=.'],
  ['-Wl,-rpath,/old/app/lib', '-Wl,-rpath,/home/new/lib'],
  ['cd "/old/app" && ls', 'cd "/home/new" && ls'],
  [`x='/old/app/a' y=\`/old/app/b\``, `x='/home/new/a' y=\`/home/new/b\``],
  ['{"root":"/old/app"}', '{"root":"/home/new"}'],
  ['a\n/old/app\nb', 'a\n/home/new\nb'],
  ['file:///old/app/x', 'file:///home/new/x'],
  ['[/old/app;(/old/app)]', '[/home/new;(/home/new)]'],
])('%j becomes %j', (text, expected) => {
  expect(map(text)).toBe(expected);
});

test.each([
  '',
  'nothing of a path',
  '/old/application',
  '/old/app.bak',
  '/old/app-2/x',
  '/older/old/app',
  'my/old/app',
  './old/app',
  '//old/app',
  '/OLD/app',
  '/opt/toolsX1',
  'https://example.org/old/app',
  '/home/new/x',
])('%j stays', (text) => {
  expect(map(text)).toBe(text);
});

test('a new place is not taken for an old one', () => {
  const crossed = createPathMapping([{ workspace: '/a', temp: '/b', tool_cache: '' }], {
    workspace: '/b',
    temp: '/a',
    tool_cache: '',
  });
  expect(crossed('/a:/b:/a')).toBe('/b:/a:/b');
});

test('a place that stayed is not part of one that moved', () => {
  const mapping = createPathMapping([OLD], { ...NEW, temp: OLD.temp });
  expect(mapping('/old/app/_temp/x:/old/app/y')).toBe('/old/app/_temp/x:/home/new/y');
});

test('the places of every earlier machine are known; where they disagree the latest counts', () => {
  const mapping = createPathMapping(
    [
      { workspace: '/one', temp: '/shared', tool_cache: '' },
      { workspace: '/shared', temp: '/two', tool_cache: '' },
    ],
    NEW,
  );
  expect(mapping('/one:/two:/shared')).toBe('/home/new:/tmp/t:/home/new');
});

test('slashes at the end of a place do not matter', () => {
  const mapping = createPathMapping([{ ...OLD, workspace: '/old/app/' }], { ...NEW, workspace: '/home/new//' });
  expect(mapping('/old/app:/old/app/x')).toBe('/home/new:/home/new/x');
});

test('the path of a folder is not a pattern, neither before nor after', () => {
  const mapping = createPathMapping([{ workspace: '/o(l|d)+', temp: '', tool_cache: '' }], {
    ...NEW,
    workspace: '/$&/$1',
  });
  expect(mapping('/o(l|d)+/x:/old')).toBe('/$&/$1/x:/old');
});

test.each<[string, MachinePaths]>([
  ['empty', { workspace: '', temp: '', tool_cache: '' }],
  ['the root', { workspace: '/', temp: '//', tool_cache: '' }],
])('a place that is %s never matches', (_what, places) => {
  const text = '/usr/bin: = "" /';
  expect(createPathMapping([places], NEW)(text)).toBe(text);
  expect(createPathMapping([OLD], places)('/old/app/x')).toBe('/old/app/x');
});

test('nothing changes where nothing differs', () => {
  expect(createPathMapping([], NEW)('/old/app')).toBe('/old/app');
  expect(createPathMapping([NEW], NEW)('/home/new')).toBe('/home/new');
});

describe('what a step exported', () => {
  const exports = { env: { HOME_OF: '/old/app/x', PLAIN: 'text' }, path: ['/old/app/bin', '/usr/bin'] };
  const mapped = { env: { HOME_OF: '/home/new/x', PLAIN: 'text' }, path: ['/home/new/bin', '/usr/bin'] };

  test('is mapped, names and what was withheld stay', () => {
    expect(mapExports({ ...exports, withheld: ['TOKEN'] }, map)).toEqual({ ...mapped, withheld: ['TOKEN'] });
    expect(mapExports(exports, map)).toEqual(mapped);
  });

  test('is mapped in its record and in what the steps after it rely on', () => {
    const lastFinish = stepRecord({ path: 'a', exports });
    expect(mapRecord({ ...lastFinish, lastFinish }, map)).toEqual({
      ...lastFinish,
      exports: mapped,
      lastFinish: { ...lastFinish, exports: mapped },
    });
  });

  test('is nothing where a step exported nothing', () => {
    const plain = stepRecord({ path: 'a', outputs: { place: '/old/app' } });
    expect(mapRecord(plain, map)).toEqual(plain);
  });
});
