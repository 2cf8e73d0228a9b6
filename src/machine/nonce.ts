import { randomBytes } from 'node:crypto';

/** Random lower-case hex digits that nobody can guess, two for each byte. */
export const newNonce = (bytes: number): string => randomBytes(bytes).toString('hex');
