import { closestMatch } from 'leven';

/** Longer names are hardly typos, and comparing them takes time. */
const MAX_NAME_LENGTH = 60;

/** The candidate closest to a mistyped name, ignoring case; undefined when none is close. */
export const suggest = (name: string, candidates: readonly string[]): string | undefined => {
  if (name.length > MAX_NAME_LENGTH) return undefined;
  const spellings = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const maxDistance = Math.ceil(name.length / 3);
  return spellings.get(closestMatch(name.toLowerCase(), [...spellings.keys()], { maxDistance }) ?? '');
};

/** The end of a message about an unknown name: `, did you mean "x"?`, or nothing when no candidate is close. */
export const didYouMean = (name: string, candidates: readonly string[]): string => {
  const suggestion = suggest(name, candidates);
  return suggestion === undefined ? '' : `, did you mean "${suggestion}"?`;
};
