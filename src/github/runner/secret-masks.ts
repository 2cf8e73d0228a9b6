/** Tells the runner which values to hide. */
export type SecretMasks = { readonly add: (value: string) => void };

/** Calls `tell` once per value, and for each line of a multi-line value, because the runner masks line by line. */
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
