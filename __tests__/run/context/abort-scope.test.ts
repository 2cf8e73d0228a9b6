import { expect, test } from 'vitest';
import { createAbortScope, type Abort, type AbortScope, stoppedAtOnce } from '../../../src/run/context/abort-scope.js';

const heardBy = (scope: AbortScope): Abort[] => {
  const heard: Abort[] = [];
  scope.onAbort((abort) => void heard.push(abort));
  return heard;
};

const orderly: Abort = { cause: 'signal', atOnce: false };
const atOnce: Abort = { cause: 'signal', atOnce: true };

test('a scope has no cause until something stops it', () => {
  const scope = createAbortScope();
  expect(scope.cause()).toBeUndefined();
  scope.abort(orderly);
  expect(scope.cause()).toBe('signal');
});

test('an orderly stop is told once, and a later one at once with the first cause', () => {
  const scope = createAbortScope();
  const heard = heardBy(scope);
  scope.abort({ cause: 'timeout-of-container', atOnce: false });
  scope.abort(orderly);
  scope.abort(atOnce);
  scope.abort(atOnce);
  scope.abort(orderly);
  expect(heard).toEqual([
    { cause: 'timeout-of-container', atOnce: false },
    { cause: 'timeout-of-container', atOnce: true },
  ]);
});

test('who listens late hears the latest stop at once', () => {
  const scope = createAbortScope();
  scope.abort(orderly);
  scope.abort(atOnce);
  expect(heardBy(scope)).toEqual([atOnce]);
});

test('who stopped listening hears nothing more', () => {
  const scope = createAbortScope();
  const heard: Abort[] = [];
  const stopListening = scope.onAbort((abort) => void heard.push(abort));
  stopListening();
  scope.abort(orderly);
  expect(heard).toEqual([]);
});

test('a stop reaches all scopes within, however deep, and those made later', () => {
  const outer = createAbortScope();
  const deep = outer.inner().inner();
  const heard = heardBy(deep);
  outer.abort(orderly);
  outer.abort(atOnce);
  expect(heard).toEqual([orderly, atOnce]);
  expect(outer.inner().cause()).toBe('signal');
});

test('a stop within does not reach out, nor to scopes beside', () => {
  const outer = createAbortScope();
  const [inner, beside] = [outer.inner(), outer.inner()];
  inner.abort(orderly);
  expect([outer.cause(), beside.cause()]).toEqual([undefined, undefined]);
});

test('a scope stopped by itself keeps its cause, and is hurried from outside', () => {
  const outer = createAbortScope();
  const inner = outer.inner();
  const heard = heardBy(inner);
  inner.abort({ cause: 'earlier-failure', atOnce: false });
  outer.abort(orderly);
  expect(inner.cause()).toBe('earlier-failure');
  outer.abort(atOnce);
  expect(heard).toEqual([
    { cause: 'earlier-failure', atOnce: false },
    { cause: 'earlier-failure', atOnce: true },
  ]);
});

test('a closed scope is not reached any more', () => {
  const outer = createAbortScope();
  const inner = outer.inner();
  inner.close();
  outer.abort(orderly);
  expect(inner.cause()).toBeUndefined();
});

test('what is stopped at once only goes on through an orderly stop, until it is closed', () => {
  const outer = createAbortScope();
  const [open, closed] = [stoppedAtOnce(outer), stoppedAtOnce(outer)];
  closed.close();
  outer.abort(orderly);
  expect(open.cause()).toBeUndefined();
  outer.abort(atOnce);
  expect([open.cause(), closed.cause()]).toEqual(['signal', undefined]);
});
