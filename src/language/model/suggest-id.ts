import { didYouMean } from '../../base/suggest.js';

/** A limit, because comparing takes time and a file may hold thousands of ids. */
const MOST_CANDIDATES = 500;

/** The end of a message about an unknown id: `, did you mean "x"?`, or nothing. */
export const suggestId = (id: string, known: Iterable<string>): string => {
  const candidates: string[] = [];
  for (const each of known) {
    if (candidates.length === MOST_CANDIDATES) break;
    candidates.push(each);
  }
  return didYouMean(id, candidates);
};
