import { err, ok } from '../../src/base/result.js';
import { sha256 } from '../../src/base/hash.js';
import type { WorkspaceFiles } from '../../src/evaluate/context/workspace-files.js';

/** The files of a workspace that exists only in the test; a glob is a path or ends in `**`. */
export type MemoryFiles = WorkspaceFiles & {
  readonly contents: Map<string, string>;
  /** How often contents were asked for. */
  readonly digests: () => number;
  /** Folders that were asked for. */
  readonly made: readonly string[];
};

/** A workspace with these files. */
export const createMemoryFiles = (given: Readonly<Record<string, string>> = {}): MemoryFiles => {
  const contents = new Map(Object.entries(given));
  const made: string[] = [];
  let digests = 0;
  const matching = (glob: string): readonly string[] =>
    [...contents.keys()].filter((path) => path === glob || (glob.endsWith('**') && path.startsWith(glob.slice(0, -2))));
  const hashOf = (globs: readonly string[]): string =>
    sha256(JSON.stringify(globs.flatMap(matching).map((path) => [path, contents.get(path)])));
  return {
    contents,
    digests: () => digests,
    digest: (globs) => {
      digests += 1;
      return Promise.resolve(ok(hashOf(globs)));
    },
    firstMissing: (globs) => Promise.resolve(ok(globs.find((glob) => matching(glob).length === 0))),
    removeUnfinished: () => Promise.resolve(ok(0)),
    match: (glob) =>
      Promise.resolve(
        ok(matching(glob).map((path) => ({ path, sizeBytes: Buffer.byteLength(contents.get(path) ?? '') }))),
      ),
    readText: (path) => {
      const text = contents.get(path);
      return Promise.resolve(text === undefined ? err(`${path} is not there`) : ok(text));
    },
    makeFolders: (folders) => {
      made.push(...folders);
      return ok(undefined);
    },
    made,
    hashFiles: hashOf,
  };
};
