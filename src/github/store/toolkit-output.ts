import { err, ok, type Result } from '../../base/result.js';
import { captureOutput } from '../../machine/process/captured-output.js';

/** The result of a call into GitHub's toolkit: its value or the message it threw, and the lines it printed. */
export type Heard<T> = { readonly outcome: Result<T>; readonly words: readonly string[] };

/** Calls the toolkit. Several calls may overlap, each with its own words. */
export type Listen = <T>(call: () => Promise<T>) => Promise<Heard<T>>;

/** The words of one call, each passed on as it comes. */
type Speech = { readonly words: string[]; readonly onWord: (word: string) => void };

/**
 * From now on the toolkit's output is caught: values to be masked go to `onMask` at once, and useful lines are kept with
 * their call. The returned function makes a `Listen` that also passes each line to `onWord` as it comes.
 */
export const hearToolkit = (onMask: (value: string) => void): ((onWord: (word: string) => void) => Listen) => {
  const onBehalf = captureOutput<Speech>((text, speech) => {
    for (const { command, message } of text.split(/\r?\n/).map(readLine)) {
      if (command === 'add-mask') onMask(message);
      else if (speech !== undefined && isTelling(command, message)) say(speech, message);
    }
  });
  return (onWord) => async (call) => {
    const speech: Speech = { words: [], onWord };
    try {
      return { outcome: ok(await onBehalf(speech, call)), words: speech.words };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: err(message), words: [...speech.words, message] };
    }
  };
};

/** More lines than a call usually prints; beyond that the earliest are dropped. */
const MOST_WORDS = 200;

const say = ({ words, onWord }: Speech, word: string): void => {
  words.push(word);
  if (words.length > MOST_WORDS) words.shift();
  onWord(word);
};

type Line = { readonly command: string; readonly message: string };

/** A line as `@actions/core` writes it: `::command properties::message`, with `%0A` for line ends; or just text. */
const readLine = (line: string): Line => {
  const match = /^::([\w-]+)(?: [^:]*)?::(.*)$/.exec(line);
  if (match === null) return { command: '', message: line };
  const message = (match[2] ?? '').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  return { command: match[1] ?? '', message };
};

/** Debug lines hold whole answers of the service; only those that name a cause are useful. */
const isTelling = (command: string, message: string): boolean =>
  message.trim() !== '' && (command !== 'debug' || /^Failed to (?:reserve|download)\b/.test(message));
