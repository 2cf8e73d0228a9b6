import { createHash, hash } from 'node:crypto';

/** SHA-256 of a text (as UTF-8) or of bytes, in lower-case hex. */
export const sha256 = (content: string | Uint8Array): string => hash('sha256', content, 'hex');

/** The first half of the SHA-256: enough to tell definitions and inputs apart, and short in files. */
export const shortDigest = (content: string | Uint8Array): string => sha256(content).slice(0, 32);

/** A SHA-256 over content that arrives in pieces; `digest` ends it. */
export type Sha256 = {
  readonly update: (content: string | Uint8Array) => unknown;
  readonly digest: () => Buffer;
};

/** Starts a SHA-256 without any content. */
export const newSha256 = (): Sha256 => createHash('sha256');
