/** Lets everything run that waits for nothing but its turn: promises and what follows from them, no timers and no I/O. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
