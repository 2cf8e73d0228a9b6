import { describe, expect, test } from 'vitest';
import { createBreaker, createTroubleBudget, uploadIntervalMs } from '../../src/checkpoint/upload-pace.js';

describe('the interval', () => {
  test.each([
    [30_000, 1, 30_000],
    [30_000, 50, 30_000],
    [30_000, 256, 153_600],
    [0, 1, 600],
  ])('of %i ms with %i jobs is %i ms', (minIntervalMs, jobTotal, expected) => {
    expect(uploadIntervalMs({ minIntervalMs, jobTotal }, 0.5)).toBe(expected);
  });

  test('is spread by a tenth', () => {
    const drawn = [0, 0.25, 1].map((random) => uploadIntervalMs({ minIntervalMs: 10_000, jobTotal: 1 }, random));
    expect(drawn).toEqual([9000, 9500, 11_000]);
  });

  test('keeps the largest matrix under the limit of 200 uploads a minute', () => {
    expect((60_000 / uploadIntervalMs({ minIntervalMs: 0, jobTotal: 256 }, 0)) * 256).toBeLessThan(200);
  });
});

describe('a breaker', () => {
  test('lets everything through at first', () => {
    const breaker = createBreaker();
    expect([breaker.mayTry(0), breaker.mayTry(5), breaker.retryAt()]).toEqual([true, true, 0]);
  });

  test('pauses after trouble, twice as long each time, up to ten minutes', () => {
    const breaker = createBreaker();
    const pauses: number[] = [];
    let now = 1000;
    for (let turn = 0; turn < 6; turn += 1) {
      breaker.failed({ kind: 'unavailable' }, now);
      expect([breaker.mayTry(breaker.retryAt() - 1), breaker.mayTry(breaker.retryAt())]).toEqual([false, true]);
      pauses.push(breaker.retryAt() - now);
      now = breaker.retryAt();
    }
    expect(pauses).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  test('is as at first after a success', () => {
    const breaker = createBreaker();
    breaker.failed({ kind: 'taken' }, 0);
    breaker.failed({ kind: 'unavailable' }, 60_000);
    breaker.succeeded();
    expect(breaker.mayTry(60_001)).toBe(true);
    breaker.failed({ kind: 'unavailable' }, 70_000);
    expect(breaker.retryAt()).toBe(130_000);
  });

  test.each([
    [{ kind: 'slow-down', retryAfterMs: 5000 } as const, 60_000],
    [{ kind: 'slow-down', retryAfterMs: 90_000 } as const, 90_000],
    [{ kind: 'slow-down', retryAfterMs: 3_600_000 } as const, 3_600_000],
    [{ kind: 'slow-down' } as const, 60_000],
  ])('waits at least as long as the store asks for: %j', (trouble, expected) => {
    const breaker = createBreaker();
    breaker.failed(trouble, 0);
    expect(breaker.retryAt()).toBe(expected);
  });

  test('lets one last try through during a pause', () => {
    const breaker = createBreaker();
    expect([breaker.final(0), breaker.final(0)]).toEqual([true, true]);
    breaker.failed({ kind: 'unavailable' }, 0);
    expect([breaker.mayTry(1), breaker.final(1), breaker.final(1), breaker.mayTry(1)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(breaker.final(60_000)).toBe(true);
  });

  test.each(['read-only', 'off'] as const)('is shut for ever by a store that is %s, also at the end', (kind) => {
    const breaker = createBreaker();
    breaker.failed({ kind }, 0);
    const never = Number.MAX_SAFE_INTEGER;
    expect([breaker.mayTry(never), breaker.final(never), breaker.retryAt()]).toEqual([false, false, Infinity]);
  });
});

describe('the budget for trouble', () => {
  test('shrinks by what failing calls took, and never below nothing', () => {
    const budget = createTroubleBudget(0);
    const left = [budget.leftMs()];
    for (const ms of [4000, 10_000, 9000]) {
      budget.spend(ms);
      left.push(budget.leftMs());
    }
    expect(left).toEqual([15_000, 11_000, 1000, 0]);
  });

  test('continues in the next phase of the job', () => {
    expect(createTroubleBudget(14_000).leftMs()).toBe(1000);
  });
});
