import { randomBytes } from 'node:crypto';

/** Unguessable random lower-case hex digits, two for each byte. */
export const newNonce = (bytes: number): string => randomBytes(bytes).toString('hex');

/** A new run id: the time to the second, readable by people, and four random characters. */
export const newRunId = (): string => {
  const [day = '', time = ''] = new Date().toISOString().split(/[T.]/);
  const random = Math.random().toString(36).slice(2, 6).padEnd(4, '0');
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${random}`;
};
