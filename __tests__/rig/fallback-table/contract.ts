/** The fallbacks, in the order in which they can fire. */
export const FALLBACKS = ['on_started', 'on_success', 'on_failure', 'on_abortion', 'finally'] as const;
export type Fallback = (typeof FALLBACKS)[number];

/** The ways in which an owner of fallbacks can end. */
export const ENDINGS = [
  'succeeded',
  'failed',
  'tolerated',
  'timed out',
  'errored',
  'aborted by a signal',
  'ended by fail_fast',
  'skipped',
] as const;
export type Ending = (typeof ENDINGS)[number];

/** The places that can declare fallbacks. */
export const PLACES = [
  'pipeline',
  'script',
  'commands',
  'group',
  'parallel',
  'branch',
  'switch',
  'loop',
  'fan-out with steps',
  'fan-out with run',
  'step of an item',
  'step of an iteration',
  'call',
  'called file',
  'step of a fallback',
] as const;
export type FallbackPlace = (typeof PLACES)[number];

/** Whether a place is a whole file, which has no condition, time limit or tolerance. */
export const isFile = (place: FallbackPlace): boolean => place === 'pipeline' || place === 'called file';

/** How the owner at a place ends when its work ends in this way; a file ends as its steps do. */
export const endingAt = (place: FallbackPlace, ending: Ending): Ending => {
  if (!isFile(place)) return ending;
  if (ending === 'tolerated' || ending === 'skipped') return 'succeeded';
  return ending === 'ended by fail_fast' && place === 'pipeline' ? 'failed' : ending;
};

/** How a container ends when a step in it ended in this way. */
export const endingAround = (ending: Ending): Ending => {
  switch (ending) {
    case 'succeeded':
    case 'tolerated':
    case 'skipped':
      return 'succeeded';
    case 'aborted by a signal':
      return ending;
    case 'failed':
    case 'timed out':
    case 'errored':
    case 'ended by fail_fast':
      return 'failed';
  }
};

/** The first table of section 4 of the design: the fallbacks that fire, in order, if all are declared and `fails` fails. */
export const firedAfter = (ending: Ending, fails?: Fallback): readonly Fallback[] => {
  if (ending === 'skipped') return [];
  if (fails === 'on_started') return ['on_started', 'on_failure', 'finally'];
  return ['on_started', lastWord(ending), 'finally'];
};

const lastWord = (ending: Exclude<Ending, 'skipped'>): Fallback => {
  switch (ending) {
    case 'succeeded':
      return 'on_success';
    case 'failed':
    case 'tolerated':
    case 'timed out':
    case 'errored':
      return 'on_failure';
    case 'aborted by a signal':
    case 'ended by fail_fast':
      return 'on_abortion';
  }
};

/** The second table: how the owner ends when one of its fallbacks fails. `isTolerant`: it tolerates failures. */
export const endingAfter = (ending: Ending, fails: Fallback, isTolerant: boolean): Ending => {
  if (ending === 'skipped' || !firedAfter(ending, fails).includes(fails)) return ending;
  const isGrave = fails === 'on_started' || fails === 'on_success';
  return isGrave ? (isTolerant ? 'tolerated' : 'failed') : ending;
};
