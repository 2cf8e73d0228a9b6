import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files take longest, longest first; files elsewhere take a second or two. */
const LONGEST = [
  'e2e/action/',
  'docs.test.ts',
  'github/',
  'conformance.test.ts',
  'e2e/',
  'run/',
  'contract/',
  'snapshot/',
];

/** Starts the files that take longest first, so that no worker is left alone with one at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

const rankOf = ({ moduleId }: TestSpecification): number => {
  const path = relative(`${import.meta.dirname}/..`, moduleId);
  const rank = LONGEST.findIndex((prefix) => path.startsWith(prefix));
  return rank === -1 ? LONGEST.length : rank;
};
