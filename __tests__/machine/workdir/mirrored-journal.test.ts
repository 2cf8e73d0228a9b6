import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openMirroredJournal, type MirroredOptions } from '../../../src/machine/workdir/mirrored-journal.js';
import { CHAIN_START } from '../../../src/state/journal-format.js';
import { renderStateFile } from '../../../src/state/state-file.js';
import { recordRun, started } from '../../report/recorded-run.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const mirrorIn = (temp: TempFolder, shownFolder = 'shown'): MirroredOptions & { readonly lost: string[] } => {
  temp.write('kept/.made', '');
  temp.write('shown/.made', '');
  const lost: string[] = [];
  const placeIn = (folder: string) => ({
    file: temp.at(`${folder}/journal.jsonl`),
    stateFile: temp.at(`${folder}/state.json`),
    from: { hash: CHAIN_START, validBytes: 0 },
    renderState: renderStateFile,
  });
  return {
    kept: placeIn('kept'),
    shown: placeIn(shownFolder),
    onShownLost: (message) => lost.push(message),
    lost,
  };
};

test('both places hold the same journal and state', async () => {
  using temp = newTempFolder();
  const options = mirrorIn(temp);
  const journal = valueOf(openMirroredJournal(options));
  const run = recordRun((event, state) => valueOf(journal.append(event, state)));
  valueOf(await journal.close(run.add(started('a'))));
  expect(temp.read('kept/journal.jsonl').split('\n')).toHaveLength(3);
  for (const name of ['journal.jsonl', 'state.json'])
    expect(temp.read(`shown/${name}`)).toBe(temp.read(`kept/${name}`));
  expect(options.lost).toEqual([]);
});

test('a shown journal that is cleared away is reported once, and the kept one continues', async () => {
  using temp = newTempFolder();
  const options = mirrorIn(temp);
  const journal = valueOf(openMirroredJournal(options));
  const run = recordRun((event, state) => valueOf(journal.append(event, state)));
  rmSync(temp.at('shown'), { recursive: true });
  run.add(started('a'), started('b'));
  valueOf(await journal.close(run.state()));
  expect(temp.read('kept/journal.jsonl').split('\n')).toHaveLength(4);
  expect(options.lost).toEqual([expect.stringContaining('was removed')]);
});

test('a shown journal that cannot be opened is reported too, a kept one is an error', () => {
  using temp = newTempFolder();
  const options = mirrorIn(temp, 'missing');
  valueOf(openMirroredJournal(options));
  expect(options.lost).toEqual([expect.stringContaining('cannot open the journal')]);
  const turned = { ...options, kept: options.shown, shown: options.kept };
  expect(errorOf(openMirroredJournal(turned))).toContain('cannot open the journal');
});
