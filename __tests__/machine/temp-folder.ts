import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../../src/base/result.js';

/** A temporary folder of one test, removed at its end. */
export type TempFolder = {
  readonly path: string;
  readonly at: (name: string) => string;
  /** Writes a file and creates its parent folders; returns its absolute path. */
  readonly write: (name: string, content?: string | Buffer) => string;
  readonly read: (name: string) => string;
  readonly [Symbol.dispose]: () => void;
};

/** Makes an empty folder. */
export const newTempFolder = (): TempFolder => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'savepoint-test-')));
  const at = (name: string): string => join(path, name);
  return {
    path,
    at,
    write: (name, content = `content of ${name}`) => {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), content);
      return at(name);
    },
    read: (name) => readFileSync(at(name), 'utf8'),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
};

/** The value of a result that must be ok. */
export const valueOf = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

/** The error of a result that must be an error. */
export const errorOf = <E>(result: Result<unknown, E>): E => {
  if (result.ok) throw new Error('this should have been an error');
  return result.error;
};
