import type { ChainEvent, TakenArchive } from '../../src/checkpoint/chain-state.js';
import { storedFile } from './manifest-builder.js';

/** The beginning of a chain without a restore. */
export const begun = (
  details: Partial<Extract<ChainEvent, { type: 'begun' }>> = {},
): Extract<ChainEvent, { type: 'begun' }> => ({
  type: 'begun',
  scope: { include: ['.'], exclude: [], workDir: '.work' },
  max_size_bytes: 1_000_000,
  commit: 'c0ffee',
  machine_paths: [{ workspace: '/w', temp: '/t', tool_cache: '' }],
  secret_names: [],
  secrets_digest: '',
  restored: [],
  must_rerun: {},
  baseline_file: '/listings/origin',
  sequence: 0,
  journal_bytes: 0,
  after_unused: false,
  ...details,
});

/** An archive that was taken after a step. */
export const taken = (index: number, step: string, details: Partial<TakenArchive> = {}): ChainEvent => ({
  type: 'taken',
  index,
  step,
  covers: [step],
  tar_file: `/archives/${index}.tar`,
  before: `/listings/${index - 1}`,
  after: `/listings/${index}`,
  size_bytes: 1000,
  unreadable: [],
  concurrent_steps: [],
  journal_bytes: index * 100,
  main_only: false,
  whole: false,
  ...details,
});

/** A checkpoint was stored, with archives of these steps. */
export const saved = (steps: readonly string[], lastIndex: number): ChainEvent => ({
  type: 'saved',
  journal_bytes: lastIndex * 100 + 50,
  covered_bytes: lastIndex * 100,
  chain: steps.map((step) => ({ step, tree: storedFile(`${step}.tree`) })),
  last_index: lastIndex,
});
