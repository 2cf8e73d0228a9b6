/** The values that are masked in a job's log. */
export type Masks = {
  /** A blank value is ignored. */
  readonly add: (value: string) => void;
  /** The text with `***` in place of each value. Unlike the real runner, it does not mask encodings of a value. */
  readonly text: (text: string) => string;
};

/** Starts with values that are known to be secret. */
export const createMasks = (known: readonly string[] = []): Masks => {
  let values: readonly string[] = [];
  const add = (value: string): void => {
    if (value.trim() === '' || values.includes(value)) return;
    values = [...values, value].sort((a, b) => b.length - a.length);
  };
  known.forEach(add);
  return { add, text: (text) => values.reduce((masked, value) => masked.replaceAll(value, '***'), text) };
};
