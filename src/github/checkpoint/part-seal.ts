import type { KeyParts } from '../../checkpoint/checkpoint-key.js';
import type { PartSeal } from '../../snapshot/sealed/read-manifest.js';
import type { CheckpointContext } from '../../snapshot/sealed/sealed-file.js';

/** The context that the files of a part are sealed for: they open in no other. */
export const checkpointContextOf = ({ runId, leg, attempt, sequence }: KeyParts): CheckpointContext => ({
  run: runId,
  leg,
  attempt,
  sequence,
});

/** The seal for the files of a part; nothing without a passphrase. */
export const partSeal = (parts: KeyParts, passphrase: string | undefined): { readonly seal?: PartSeal } =>
  passphrase === undefined ? {} : { seal: { passphrase, context: checkpointContextOf(parts) } };
