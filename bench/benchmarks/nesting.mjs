import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { race } from '../measure.mjs';
import { plainRow, ratioRow } from '../rows.mjs';

const ITEMS = 100;
const ITERATIONS = 10;
const COUNT = ITEMS * ITERATIONS;
const ROUNDS = 7;
const QUICK_ROUNDS = 2;
const LIMIT = 1.2;
const TURNS_FILE = 'turns.txt';

/** The cost of nesting: steps in a fan-out of a loop of a branch, compared with the same steps in one flat list. */
export const nesting = {
  name: 'nesting',
  title: `${COUNT} no-op sh steps: ${ITERATIONS} times a fan-out of ${ITEMS} in a loop in a branch, beside a flat list`,
  *rows({ program, area, nodes, isQuick }) {
    const contenders = nodes.flatMap(({ file, major }) =>
      Object.entries(PIPELINES).map(([shape, pipeline]) => {
        const cwd = area.folder({ 'savepoint.yml': pipeline });
        const prepare = () => rmSync(join(cwd, TURNS_FILE), { force: true });
        return { label: `${shape} ${major}`, command: [file, program, 'run', '--quiet'], cwd, prepare };
      }),
    );
    const times = race(contenders, isQuick ? QUICK_ROUNDS : ROUNDS);
    for (const { major } of nodes) {
      const flat = times.get(`flat ${major}`);
      yield plainRow(`Node ${major}, flat`, flat);
      for (const shape of ['scripts', 'lists']) {
        const what = `Node ${major}, nested, ${shape === 'scripts' ? 'a script per item' : 'a list of one step per item'}`;
        yield ratioRow(what, times.get(`${shape} ${major}`), { floor: flat, floorName: 'flat', limit: LIMIT });
      }
    }
  },
};

const HEAD = 'version: 1\nname: bench\nmax_parallel: 2\ndefaults: { shell: sh }\nsteps:\n';

/** A counting step, which the loop needs to end; the flat list has the same number of them. */
const turn = (id) =>
  `{ id: ${id}, run: 'echo x >> ${TURNS_FILE}; echo "n=$(wc -l < ${TURNS_FILE})" >> "$GITHUB_OUTPUT"' }`;

const numbers = (count) => Array.from({ length: count }, (_, index) => index);

const nested = (body) => `${HEAD}  - id: route
    if: true
    then:
      - id: again
        do_while: steps.turn.outputs.n != '${ITERATIONS}'
        max_iterations: ${ITERATIONS}
        steps:
          - id: each
            for_each: [${numbers(ITEMS).join(', ')}]
            ${body}
          - ${turn('turn')}
`;

const flat = () => {
  const steps = numbers(COUNT).map((n) => `      - { id: s${n}, run: 'true' }\n`);
  const turns = numbers(ITERATIONS).map((n) => `  - ${turn(`turn${n}`)}\n`);
  return `${HEAD}  - parallel:\n${steps.join('')}${turns.join('')}`;
};

const PIPELINES = { flat: flat(), scripts: nested("run: 'true'"), lists: nested("steps: [{ id: s, run: 'true' }]") };
