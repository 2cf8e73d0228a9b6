import { ok, type Result } from '../../base/result.js';
import { readJournalFile } from '../../machine/workdir/journal-file.js';
import { moveToHistory, RUN_ID_PATTERN } from '../../machine/workdir/run-history.js';
import { newRunId } from '../../machine/new-id.js';
import type { WorkDirectory } from '../../machine/workdir/work-directory.js';

/** Archives a run left in the work directory, for example on a self-hosted runner: a job resumes only from the store. */
export const clearWorkDirectory = (workDir: WorkDirectory, note: (message: string) => void): Result<void> => {
  const journal = readJournalFile(workDir.journalFile);
  if (journal.ok && journal.value === undefined) return ok(undefined);
  const found = journal.ok ? journal.value?.events[0]?.run : undefined;
  const runId = found !== undefined && RUN_ID_PATTERN.test(found) ? found : undefined;
  const name = runId ?? `unreadable-${newRunId()}`;
  const moved = moveToHistory(workDir, name);
  if (moved.ok || runId === undefined) return moved;
  note(`the run "${name}" that was found here is put away under another name: ${moved.error}`);
  return moveToHistory(workDir, `again-${newRunId()}`);
};
