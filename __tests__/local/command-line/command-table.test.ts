import { expect, test } from 'vitest';
import {
  COMMAND_NAMES,
  COMMANDS,
  isCommandName,
  isOptionName,
  OPTIONS,
} from '../../../src/local/command-line/command-table.js';

test('every command has a description, and every option a place', () => {
  expect(Object.keys(COMMANDS)).toEqual([...COMMAND_NAMES]);
  const placed = new Set(COMMAND_NAMES.flatMap((name) => COMMANDS[name].options));
  expect([...placed].sort()).toEqual(Object.keys(OPTIONS).sort());
});

test('names of properties that every object has are not commands or options', () => {
  expect([isCommandName('constructor'), isOptionName('toString')]).toEqual([false, false]);
  expect([isCommandName('run'), isOptionName('work-dir')]).toEqual([true, true]);
});
