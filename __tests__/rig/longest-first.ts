import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose test files take longest, longest first; other files take a second or two. */
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

/** Starts the slowest files first, so that workers finish at about the same time. */
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
