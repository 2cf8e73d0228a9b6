import { join } from 'node:path';
import { race } from '../measure.mjs';
import { plainRow, ratioRow } from '../rows.mjs';

const ROUNDS = 31;
const QUICK_ROUNDS = 9;
const LIMIT = 1.5;
const EMPTY_SCRIPT = join(import.meta.dirname, '..', 'floors', 'empty.mjs');
const PROJECT = join(import.meta.dirname, '..', '..');

/** The time to start with almost nothing to do. */
export const start = {
  name: 'start',
  title: 'starting with next to nothing to do',
  *rows(setting) {
    for (const node of setting.nodes) yield* nodeRows(node, setting);
  },
};

function* nodeRows({ file, major }, { program, area, isQuick }) {
  const cwd = area.folder({ 'savepoint.yml': 'steps:\n  - run: echo hello\n' });
  const lines = {
    '--version': { command: [file, program, '--version'], cwd },
    'validate, one step': { command: [file, program, 'validate'], cwd },
    "validate, the project's own": { command: [file, program, 'validate'], cwd: PROJECT },
  };
  const contenders = [
    { label: 'empty', command: [file, EMPTY_SCRIPT], cwd },
    ...Object.entries(lines).map(([label, line]) => ({ label, ...line })),
  ];
  const times = race(contenders, isQuick ? QUICK_ROUNDS : ROUNDS);
  const floor = times.get('empty');
  yield plainRow(`Node ${major}, an empty script`, floor);
  const against = { floor, floorName: 'empty script', limit: LIMIT };
  for (const label of Object.keys(lines)) yield ratioRow(`Node ${major}, ${label}`, times.get(label), against);
}
