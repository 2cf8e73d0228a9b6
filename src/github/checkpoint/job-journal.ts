import { err, ok, type Result } from '../../base/result.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import { openJournal, type JournalOptions, type OpenJournal } from '../../machine/workdir/journal-file.js';
import { openMirroredJournal } from '../../machine/workdir/mirrored-journal.js';
import { readJournalBytes } from '../../machine/job/part-folder.js';
import type { WorkDirectory } from '../../machine/workdir/work-directory.js';
import { replaceFile } from '../../machine/files/write-file.js';
import { foldEvents } from '../../state/apply-event.js';
import { CHAIN_START, decodeJournal } from '../../state/journal-format.js';
import type { RunState } from '../../state/run-state.js';
import { renderStateFile } from '../../state/state-file.js';

/** A run as read from its journal, and where the journal continues. */
export type JournaledRun = {
  readonly last: RunState;
  /** Of its latest attempt, in milliseconds since 1970. */
  readonly attemptStartedAt: number;
  readonly journal: { readonly bytes: Buffer; readonly hash: string; readonly validBytes: number };
};

/** Reads the run in a journal; a torn last line does not count. */
export const readJournaledRun = (bytes: Buffer): Result<JournaledRun> => {
  const decoded = decodeJournal(bytes);
  if (!decoded.ok) return err('its journal is damaged, or of a newer version');
  const { events, hash, validBytes } = decoded.value;
  const last = foldEvents(events);
  const start = events.findLast(({ type }) => type === 'run_started' || type === 'run_resumed');
  if (last === undefined || start === undefined) return err('its journal is empty');
  return ok({ last, attemptStartedAt: start.at, journal: { bytes, hash, validBytes } });
};

/** The two files of a job's journal: the one that counts, and the copy for people. */
export type JournalPlaces = {
  readonly folder: JobFolder;
  readonly workDir: WorkDirectory;
  readonly warn: (message: string) => void;
};

/** Opens a journal in both files: a new one, or that of an earlier run, which is written to both first. */
export const openJobJournal = (
  places: JournalPlaces,
  from: JournaledRun['journal'] | undefined,
): Result<OpenJournal> => {
  const { folder, workDir } = places;
  if (from === undefined) return openBoth(places, { hash: CHAIN_START, validBytes: 0 });
  for (const file of [folder.journalFile, workDir.journalFile]) {
    const written = replaceFile(file, from.bytes);
    if (!written.ok) return written;
  }
  return openBoth(places, from);
};

/**
 * Opens the journal that an earlier process wrote in both files, to continue it. The copy for people may lag behind or
 * have a torn end. If it is gone or belongs to another run, only the one that counts is written.
 */
export const reopenJobJournal = (places: JournalPlaces, from: JournaledRun['journal']): Result<OpenJournal> => {
  const { folder, workDir } = places;
  const shown = readJournalBytes(workDir.journalFile);
  const isOurs = shown.ok && shown.value.length > 0 && haveSameStart(shown.value, from.bytes);
  if (!isOurs) return openJournal(keptIn(folder, from));
  const mended = replaceFile(workDir.journalFile, from.bytes.subarray(0, from.validBytes));
  return mended.ok ? openBoth(places, from) : openJournal(keptIn(folder, from));
};

type JournalEnd = JournalOptions['from'];

const openBoth = ({ folder, workDir, warn }: JournalPlaces, from: JournalEnd): Result<OpenJournal> =>
  openMirroredJournal({
    kept: keptIn(folder, from),
    shown: { file: workDir.journalFile, from, stateFile: workDir.stateFile, renderState: renderStateFile },
    onShownLost: (message) => {
      warn(`the record in the work directory is not complete: ${message}`);
    },
  });

const keptIn = ({ journalFile, stateFile }: JobFolder, from: JournalEnd): JournalOptions => ({
  file: journalFile,
  from,
  stateFile,
  renderState: renderStateFile,
});

const haveSameStart = (a: Buffer, b: Buffer): boolean => {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).equals(b.subarray(0, length));
};
