import type { KeyParts } from '../../checkpoint/checkpoint-key.js';
import type { PartSeal } from '../../snapshot/sealed/read-manifest.js';
import type { CheckpointContext } from '../../snapshot/sealed/sealed-file.js';

/** Where the files of a part belong: sealed for there, they open nowhere else. */
export const checkpointContextOf = ({ runId, leg, attempt, sequence }: KeyParts): CheckpointContext => ({
  run: runId,
  leg,
  attempt,
  sequence,
});

/** What the files of a part are sealed with; nothing without a passphrase. */
export const partSeal = (parts: KeyParts, passphrase: string | undefined): { readonly seal?: PartSeal } =>
  passphrase === undefined ? {} : { seal: { passphrase, context: checkpointContextOf(parts) } };
