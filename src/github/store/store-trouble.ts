/** Why a store did not do what it was asked for. */
export type StoreTrouble = {
  /**
   * `unavailable`: it may work later; `slow-down`: it asks for fewer requests; `read-only`: this run may not write;
   * `off`: there is no such store for this run; `taken`: the name is in use.
   */
  readonly kind: 'unavailable' | 'slow-down' | 'read-only' | 'off' | 'taken';
  /** One line for a user: the cause, without the toolkit's own wording and without addresses. */
  readonly message: string;
  /** With `slow-down`: how long the store asks to wait, if it says so. */
  readonly retryAfterMs?: number;
  /** There was no answer: the request may have been carried out. */
  readonly isUnanswered?: true;
};

/** Which of GitHub's stores. */
export type StoreService = 'cache' | 'artifact';

/** Trouble that may be over later. */
export const unavailable = (message: string): StoreTrouble => ({ kind: 'unavailable', message });

/** Trouble with a request that got no answer and may have been carried out. */
export const unanswered = (message: string): StoreTrouble => ({ ...unavailable(message), isUnanswered: true });

/**
 * The cause of a failed request, from the lines that the toolkit printed and threw: it swallows errors, so these lines are
 * the only source. The latest line with a known cause counts.
 */
export const troubleOf = (service: StoreService, words: readonly string[]): StoreTrouble => {
  const known = words.findLast((word) => signIn(word) !== undefined);
  const trouble = known === undefined ? undefined : troubleIn(service, known);
  if (trouble?.kind === 'slow-down') return { ...trouble, ...pauseAskedFor(words) };
  return trouble ?? unavailable(`the ${service} service failed${said(words.at(-1))}`);
};

/** The cause that a single line of the toolkit names; undefined if it names none. */
export const troubleIn = (service: StoreService, word: string): StoreTrouble | undefined => {
  const found = signIn(word);
  return found && { kind: found.sign.kind, message: found.sign.message(`the ${service} service`, found.detail) };
};

type Sign = {
  readonly pattern: RegExp;
  readonly kind: StoreTrouble['kind'];
  readonly message: (service: string, detail: string) => string;
};

/** Messages of @actions/cache 6.3.0 and @actions/artifact 6.2.1; if a line matches several, the first counts. */
const SIGNS: readonly Sign[] = [
  { pattern: /cache write denied/i, kind: 'read-only', message: () => 'this run may only read the cache' },
  { pattern: /cache read denied/i, kind: 'off', message: () => 'this run may not read the cache' },
  {
    pattern: /\(429\)|rate limit/i,
    kind: 'slow-down',
    message: (service) => `${service} limits requests at the moment`,
  },
  {
    pattern: /storage quota has been hit/,
    kind: 'unavailable',
    message: () => 'the storage of the repository is full',
  },
  {
    pattern: /\(409\)|already exists/i,
    kind: 'taken',
    message: (service) => `${service} already has an entry of that name`,
  },
  {
    pattern: /ENOSPC|No space left on device/i,
    kind: 'unavailable',
    message: () => 'the disk of this machine is full',
  },
  {
    pattern: /Unable to locate executable file: (\w+)/,
    kind: 'unavailable',
    message: (_service, program) => `the program "${program}", which the cache needs, is not on PATH`,
  },
  {
    pattern: /tar\S* failed with error/,
    kind: 'unavailable',
    message: () => 'the entry is damaged, or tar cannot pack or unpack it here',
  },
  {
    pattern: /Incomplete download|\baborted$/,
    kind: 'unavailable',
    message: (service) => `${service} did not send everything`,
  },
  {
    pattern: /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|EPIPE)\b/,
    kind: 'unavailable',
    message: (service, code) => `${service} could not be reached (${code})`,
  },
  {
    pattern: /socket hang up|premature close/i,
    kind: 'unavailable',
    message: (service) => `${service} closed the connection`,
  },
  {
    pattern: /(?:Failed request: \(|status code:? |responded with |storage: |status: |response: )(\d{3})\b/i,
    kind: 'unavailable',
    message: (service, code) => `${service} answered with HTTP status ${code}`,
  },
  {
    pattern: /not valid JSON|Unexpected end of JSON|Unexpected token/,
    kind: 'unavailable',
    message: (service) => `${service} sent an answer that is not JSON`,
  },
  {
    pattern: /time(?:d )?out|did not respond|stalled/i,
    kind: 'unavailable',
    message: (service) => `${service} took too long`,
  },
];

const signIn = (word: string): { readonly sign: Sign; readonly detail: string } | undefined => {
  for (const sign of SIGNS) {
    const match = sign.pattern.exec(word);
    if (match !== null) return { sign, detail: match[1] ?? '' };
  }
  return undefined;
};

const pauseAskedFor = (words: readonly string[]): Pick<StoreTrouble, 'retryAfterMs'> => {
  for (const word of words) {
    const seconds = /rate limit will reset in (\d+) seconds/.exec(word)?.[1];
    if (seconds !== undefined) return { retryAfterMs: Number(seconds) * 1000 };
  }
  return {};
};

const LONGEST_QUOTE = 160;

/** Quotes an unknown message: its first line, without addresses, which may be signed, and without control characters. */
const said = (word = ''): string => {
  const [line = ''] = word.split(/[\r\n]/);
  const text = line
    .replace(/^(?:Failed to \w+: )+/, '')
    .replaceAll(/\w+:\/\/\S+/g, '…')
    .replaceAll(/[\x00-\x1f\x7f]/g, '');
  return text.trim() === '' ? '' : `: ${text.trim().slice(0, LONGEST_QUOTE)}`;
};
