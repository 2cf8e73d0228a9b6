import { expect, test } from 'vitest';
import { FORMAT_VERSION } from '../../src/state/event.js';
import { encodeLine, CHAIN_START } from '../../src/state/journal-format.js';
import { stamp, STARTED } from './told-run.js';

test('events carry the version of the format that this program reads', () => {
  const [event] = stamp([STARTED]);
  expect(event?.v).toBe(FORMAT_VERSION);
  expect(event && encodeLine(event, CHAIN_START).line).toMatch(/^\{"v":1,"seq":1,"at":1000,"run":"r1","attempt":1,/);
});
