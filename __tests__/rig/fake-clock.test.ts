import { expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.js';

test('time moves only when the test moves it', async () => {
  const clock = createFakeClock(1000);
  expect(clock.now()).toBe(1000);
  await clock.advance(250);
  expect(clock.now()).toBe(1250);
});

test('timers fire in the order they are due, each at its time', async () => {
  const clock = createFakeClock(0);
  const fired: string[] = [];
  clock.after(20, () => fired.push(`late at ${clock.now()}`));
  clock.after(10, () => fired.push(`early at ${clock.now()}`));
  clock.after(31, () => fired.push('not yet'));
  await clock.advance(30);
  expect(fired).toEqual(['early at 10', 'late at 20']);
  expect(clock.pending).toBe(1);
});

test('a cancelled timer never fires, and cancelling a fired one is harmless', async () => {
  const clock = createFakeClock();
  let count = 0;
  const cancel = clock.after(10, () => count++);
  const cancelLate = clock.after(5, () => count++);
  cancel();
  await clock.advance(100);
  cancelLate();
  expect(count).toBe(1);
});

test('what a timer sets off runs before the next timer, new timers included', async () => {
  const clock = createFakeClock(0);
  const order: string[] = [];
  clock.after(10, () => {
    void Promise.resolve().then(() => {
      order.push('follow-up of 10');
      clock.after(5, () => order.push('15'));
    });
  });
  clock.after(20, () => order.push('20'));
  await clock.advance(20);
  expect(order).toEqual(['follow-up of 10', '15', '20']);
});
