/** Runs all settled promises and everything that follows from them, but no timers and no I/O. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
