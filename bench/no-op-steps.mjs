/** Shapes of a pipeline: one step after the other, or two at a time. */
export const SHAPES = ['chain', 'fan-out'];

/** The same number of no-op steps for each tool, one `sh` per step: file names with their texts. */
export const noOpFiles = (count, shape) => ({
  'savepoint.yml': pipelineOf(count, shape),
  'no-op.sh': 'true\n',
  Makefile: makefileOf(count, shape),
  'build.ninja': ninjaFileOf(count, shape),
  justfile: justfileOf(count),
  'package.json': wireitFileOf(count, shape),
});

/** A pipeline of no-op steps; `ending` is text for further steps. */
export const pipelineOf = (count, shape, ending = '') => {
  const head = 'version: 1\nname: bench\nmax_parallel: 2\ndefaults: { shell: sh }\nsteps:\n';
  const indent = shape === 'chain' ? '  ' : '      ';
  const steps = numbers(count).map((n) => `${indent}- id: s${n}\n${indent}  run: 'true'\n`);
  return `${head}${shape === 'chain' ? '' : '  - parallel:\n'}${steps.join('')}${ending}`;
};

const makefileOf = (count, shape) => {
  const rules = numbers(count).map((n) => `s${n}:${needed(n, shape, ' ')}\n\t@sh -e no-op.sh\n`);
  const all = numbers(count)
    .map((n) => `s${n}`)
    .join(' ');
  return `all: ${all}\n.PHONY: all ${all}\n${rules.join('')}`;
};

const ninjaFileOf = (count, shape) => {
  const builds = numbers(count).map((n) => `build s${n}: noop${needed(n, shape, ' ')}\n`);
  return `rule noop\n  command = sh -e no-op.sh\n${builds.join('')}`;
};

const justfileOf = (count) =>
  numbers(count)
    .toReversed()
    .map((n) => `@s${n}:${needed(n, 'chain', ' ')}\n    sh -e no-op.sh\n`)
    .join('');

const wireitFileOf = (count, shape) => {
  const names = numbers(count).map((n) => `s${n}`);
  const step = (n) => ({
    command: 'sh -e no-op.sh',
    ...(shape === 'chain' && n > 1 && { dependencies: [`s${n - 1}`] }),
  });
  const last = shape === 'chain' ? names.slice(-1) : names;
  return JSON.stringify({
    name: 'bench',
    version: '1.0.0',
    scripts: Object.fromEntries(['all', ...names].map((name) => [name, 'wireit'])),
    wireit: {
      all: { dependencies: last },
      ...Object.fromEntries(numbers(count).map((n) => [`s${n}`, step(n)])),
    },
  });
};

const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

const needed = (n, shape, separator) => (shape === 'chain' && n > 1 ? `${separator}s${n - 1}` : '');
