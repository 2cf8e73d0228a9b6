import type { KeyParts } from '../../checkpoint/checkpoint-key.js';
import type { PartSeal, SealPlace } from '../../snapshot/sealed/read-manifest.js';

/** Where the files of a part belong: sealed for there, they open nowhere else. */
export const sealPlaceOf = ({ runId, leg, attempt, sequence }: KeyParts): SealPlace => ({
  run: runId,
  leg,
  attempt,
  sequence,
});

/** What the files of a part are sealed with; nothing without a passphrase. */
export const partSeal = (parts: KeyParts, passphrase: string | undefined): { readonly seal?: PartSeal } =>
  passphrase === undefined ? {} : { seal: { passphrase, place: sealPlaceOf(parts) } };
