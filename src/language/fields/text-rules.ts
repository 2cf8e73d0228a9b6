import { DURATION_PATTERN } from '../../base/duration.js';
import { SIZE_PATTERN } from '../../base/size.js';
import type { TextRule } from './shape.js';

/** Names of steps, inputs and outputs, as used in `steps.<id>`. */
export const ID: TextRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  longest: 100,
  code: 'bad-id',
  wanted: 'letters, digits, "_" and "-", starting with a letter or "_", at most 100 characters',
};

/** Names of environment variables. */
export const ENV_NAME: TextRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  code: 'bad-name',
  wanted: 'letters, digits and "_", not starting with a digit',
};

/** A duration. */
export const DURATION: TextRule = {
  pattern: DURATION_PATTERN,
  code: 'bad-duration',
  wanted: 'a whole number and a unit (ms, s, m, h, d), such as 90s',
};

/** A number of bytes. */
export const SIZE: TextRule = {
  pattern: SIZE_PATTERN,
  code: 'bad-size',
  wanted: 'a whole number and a unit (B, KiB, MiB, GiB), such as 500MiB',
};

/** Text that is not blank. */
export const NOT_BLANK: TextRule = { pattern: /\S/, code: 'empty-text', wanted: 'a text that is not empty' };
