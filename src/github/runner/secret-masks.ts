/** The values that the runner was told to hide. */
export type SecretMasks = { readonly add: (value: string) => void };

/** Tells of each value once, of one with several lines as a whole and line by line, because the runner masks lines. */
export const createSecretMasks = (tell: (value: string) => void): SecretMasks => {
  const told = new Set<string>();
  const add = (value: string): void => {
    for (const part of [value, ...value.split(/\r\n|\r|\n/)]) {
      if (part.trim() === '' || told.has(part)) continue;
      told.add(part);
      tell(part);
    }
  };
  return { add };
};
