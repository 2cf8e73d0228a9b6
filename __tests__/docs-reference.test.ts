import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatKey, parseKey } from '../src/checkpoint/checkpoint-key.js';
import { CONTEXT_NAMES, FUNCTIONS } from '../src/expressions/known-names.js';
import { DIAGNOSTIC_CODES } from '../src/language/model/codes.js';
import { FIELDS, type Field, type Level } from '../src/language/structure/fields.js';
import { COMMAND_NAMES, COMMANDS, optionSpec } from '../src/local/command-line/command-table.js';
import { EXIT_OUR_BUG, EXIT_WRONG_INPUT, exitCodeOf } from '../src/report/exit-code.js';
import { foldEvents } from '../src/state/apply-event.js';
import type { EventBody } from '../src/state/event.js';
import type { RunStatus } from '../src/state/run-state.js';
import { renderStateFile } from '../src/state/state-file.js';
import { readEventTypes, readTypes } from './rig/docs/event-fields.js';
import { importsOf, readSources } from './rig/architecture/sources.js';
import { newPageWorkspace, PROGRAM } from './rig/docs/page-workspace.js';
import { codeIn, readPage, ROOT, type Row } from './rig/docs/page.js';
import { warningsGivenIn } from './rig/docs/warnings.js';

const firstCodes = (rows: readonly Row[]): readonly string[] => rows.flatMap(([cell = '']) => codeIn(cell).slice(0, 1));

const sourcesIn = (folder: string): string =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'))
    .join('\n');

/** The pieces of quotes that no code contains; `…` in a quote stands for inserted values. */
const unknownPieces = (quotes: readonly string[], code: string): readonly string[] =>
  quotes
    .flatMap((quote) => quote.split('…'))
    .map((piece) => piece.replaceAll(/^"|"$/g, ''))
    .filter((piece) => !code.includes(piece));

describe('the reference of the pipeline file', () => {
  const format = readPage('docs/format.md');
  const supported = (level: Level): readonly Field[] => FIELDS[level].filter(({ shape }) => shape !== undefined);
  const spellings = ({ name, alias }: Field): readonly string[] => [name, ...(alias === undefined ? [] : [alias.name])];
  const shown = (heading: string): readonly (readonly string[])[] =>
    format.rowsUnder(heading).map(([cell = '']) => codeIn(cell));

  test.each<[Level, string]>([
    ['file', 'At the top of the file'],
    ['input', 'An input'],
    ['defaults', 'Defaults'],
    ['checkpoint', 'Checkpoint'],
    ['retry', 'Retry'],
    ['check', 'A check'],
  ])('lists the fields of the level "%s"', (level, heading) => {
    expect(shown(heading).toSorted()).toEqual(supported(level).map(spellings).toSorted());
  });

  test('lists the kinds of step', () => {
    expect(shown('Kinds of step')).toEqual(
      supported('step')
        .filter(({ isKind }) => isKind)
        .map(({ name }) => [name]),
    );
  });

  test('lists the fields of a step with the kinds they stand on', () => {
    const rows = format.rowsUnder('A step').map(([name = '', kinds = '']) => [...codeIn(name), '|', ...codeIn(kinds)]);
    const fields = supported('step').filter(({ isKind }) => !isKind);
    expect(rows.toSorted()).toEqual(fields.map((field) => [...spellings(field), '|', ...(field.on ?? [])]).toSorted());
  });

  test('lists what is not supported yet', () => {
    const levels: readonly Level[] = ['file', 'defaults', 'input', 'step'];
    const later = levels.flatMap((level) => FIELDS[level].filter(({ shape }) => shape === undefined));
    const names = new Set(codeIn(format.linesUnder('Not supported yet').join('\n')));
    expect([...names].toSorted()).toEqual([...new Set(later.map(({ name }) => name))].toSorted());
  });
});

describe('the reference of expressions', () => {
  const expressions = readPage('docs/expressions.md');

  test('lists the contexts', () => {
    expect(firstCodes(expressions.rowsUnder('Contexts'))).toEqual(CONTEXT_NAMES);
  });

  test('lists the functions', () => {
    const shown = firstCodes(expressions.rowsUnder('Functions')).map((call) => call.replace(/\(.*/, ''));
    expect(shown.toSorted()).toEqual(FUNCTIONS.map(({ name }) => name).toSorted());
  });
});

describe('the reference of the files on disk', () => {
  const format = readPage('docs/format.md');
  const types = readEventTypes();
  const namesUnder = (heading: string): readonly string[] => firstCodes(format.rowsUnder(heading)).toSorted();

  test('lists every event with its fields', () => {
    const ended = [...types.propertiesOf('Produced')];
    const shown = format
      .rowsUnder('Events')
      .map(([name = '', fields = '']): [string, readonly string[]] => [
        codeIn(name)[0] ?? '',
        [...codeIn(fields), ...(fields.includes('_ending_') ? ended : [])].toSorted(),
      ]);
    expect(new Map(shown)).toEqual(types.events());
  });

  test.each([
    ['Stamp', 'Every event'],
    ['Produced', 'The ending of a step'],
    ['Exports', 'Exports'],
    ['Fingerprint', 'Fingerprints'],
  ])('lists what %s holds', (type, heading) => {
    expect(namesUnder(heading)).toEqual(types.propertiesOf(type));
  });

  test('lists what is in the state file', () => {
    using workspace = newPageWorkspace(readPage('examples/quickstart/README.md'));
    const quickstart = `node ${PROGRAM} run examples/quickstart/savepoint.yml`;
    const [, text] = workspace.run([quickstart, 'cat .work/pipeline-state.json']);
    const state = JSON.parse(text?.output ?? '') as Readonly<Record<string, unknown>>;
    expect(Object.keys(state).toSorted()).toEqual(namesUnder('The state file'));
    const [result] = state['results'] as readonly object[];
    expect(Object.keys(result ?? {}).toSorted()).toEqual(namesUnder('A result'));
    const steps = Object.values(state['steps'] as Readonly<Record<string, object>>);
    const names = namesUnder('A step in the state file');
    for (const step of steps) expect(names).toEqual(expect.arrayContaining(Object.keys(step)));
  });

  test('lists what the state file has of a fallback', () => {
    const events: readonly EventBody[] = [
      { type: 'run_started', pipeline: 'p', file: 'f', inputs: {} },
      { type: 'fallback_started', step: '', fallback: 'finally', to_run: 1 },
    ];
    const state = foldEvents(events.map((body) => ({ v: 1, seq: 1, at: 0, run: 'r', attempt: 1, ...body })));
    const { fallbacks } = JSON.parse(state === undefined ? '' : renderStateFile(state)) as { fallbacks: object };
    expect(Object.values(fallbacks).map(Object.keys)).toEqual([
      firstCodes(format.rowsUnder('A fallback in the state file')),
    ]);
  });
});

describe('the reference of checkpoints', () => {
  const format = readPage('docs/format.md');
  const types = readTypes('src/checkpoint/manifest.ts');

  test.each([
    ['Manifest', 'The manifest'],
    ['MachinePaths', 'Machine paths'],
    ['StoredArchive', 'An archive in the manifest'],
    ['StoredFile', 'A file in the manifest'],
  ])('lists what %s holds', (type, heading) => {
    expect(firstCodes(format.rowsUnder(heading)).toSorted()).toEqual(types.propertiesOf(type));
  });

  test('says how keys look', () => {
    const [shape = '', example = ''] = codeIn(format.linesUnder('Keys of the cache').join('\n'));
    const words = shape.split(/-(?=<)/);
    const parts = parseKey(example);
    expect(parts && formatKey(parts)).toBe(example);
    expect(words).toHaveLength(1 + Object.keys(parts ?? {}).length);
  });
});

describe('the page of the command line', () => {
  const commandLine = readPage('docs/command-line.md');

  test.each(COMMAND_NAMES.map((name) => [name, COMMANDS[name]] as const))('lists the options of %s', (name, spec) => {
    const heading = `savepoint ${name}${spec.positional === undefined ? '' : ` [${spec.positional}]`}`;
    const shown = firstCodes(commandLine.rowsUnder(heading));
    const options = spec.options.map((option) => {
      const { value } = optionSpec(option);
      return value === undefined ? `--${option}` : `--${option} <${value}>`;
    });
    expect(shown).toEqual(options);
  });

  test('lists the exit codes', () => {
    const ended = (status: RunStatus): number => {
      const started = { v: 1, seq: 1, at: 0, run: 'r', attempt: 1, type: 'run_started' } as const;
      const state = foldEvents([{ ...started, pipeline: 'p', file: 'f', inputs: {} }]);
      if (state === undefined) throw new Error('a run has started');
      return exitCodeOf({ ...state, status }, status === 'aborted' ? 'SIGINT' : undefined);
    };
    const shown = firstCodes(commandLine.rowsUnder('Exit codes')).map(Number);
    const codes = [ended('succeeded'), ended('failed'), EXIT_WRONG_INPUT, EXIT_OUR_BUG, 129, ended('aborted'), 143];
    expect(shown).toEqual(codes);
  });
});

describe('the page of errors', () => {
  test('explains every code', () => {
    const shown = readPage('docs/errors.md').headings.flatMap((heading) => codeIn(heading));
    expect(shown).toEqual(expect.arrayContaining(Object.keys(DIAGNOSTIC_CODES)));
  });
});

describe('the page of resume', () => {
  test('quotes reasons that the program gives', () => {
    const reasons = firstCodes(readPage('docs/resume.md').rowsUnder('Reasons'));
    expect(reasons.length).toBeGreaterThan(10);
    expect(unknownPieces(reasons, ['src/evaluate', 'src/plan'].map(sourcesIn).join('\n'))).toEqual([]);
  });
});

describe('the page of the action', () => {
  type Action = {
    readonly inputs: Readonly<Record<string, { readonly default: string }>>;
    readonly outputs: object;
  };
  const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;
  const page = readPage('docs/github-action.md');
  const isFilledIn = ([, input]: readonly [string, Action['inputs'][string]]): boolean => input.default.includes('${{');

  test('lists the inputs with their defaults', () => {
    const given = Object.entries(action.inputs).filter((input) => !isFilledIn(input));
    expect(
      page.rowsUnder('Inputs').map(([name = '', value = '']) => [codeIn(name)[0], codeIn(value)[0] ?? '']),
    ).toEqual(given.map(([name, input]) => [name, input.default]));
  });

  test('names the inputs that GitHub fills in', () => {
    const filledIn = Object.entries(action.inputs).filter(isFilledIn);
    expect(codeIn(page.linesUnder('What GitHub fills in').join('\n'))).toEqual(filledIn.map(([name]) => name));
  });

  test('lists the outputs', () => {
    expect(firstCodes(page.rowsUnder('Outputs'))).toEqual(Object.keys(action.outputs));
  });
});

describe('the page of checkpoints', () => {
  const page = readPage('docs/checkpoints.md');
  const code = ['src/checkpoint', 'src/github', 'src/machine', 'src/snapshot'].map(sourcesIn).join('\n');

  test.each(['Finished steps that run again', 'When a checkpoint is not used'])(
    'quotes what is said under "%s"',
    (heading) => {
      const quotes = page.rowsUnder(heading).flatMap((cells) => cells.flatMap(codeIn));
      const reasons = quotes.filter((quote) => quote.startsWith('it') || quote.includes('…') || quote.includes('"'));
      expect(reasons.length).toBeGreaterThan(4);
      expect(unknownPieces(reasons, code.replaceAll(/\$\{[^}]*\}/g, '…'))).toEqual([]);
    },
  );
});

describe('the page of warnings', () => {
  const page = readPage('docs/troubleshooting.md');
  const code = ['src/checkpoint', 'src/github', 'src/machine', 'src/snapshot', 'src/run'].map(sourcesIn).join('\n');

  test('explains every warning of the action', () => {
    const shown = page.headings.flatMap((heading) => firstCodes(page.rowsUnder(heading)));
    const given = warningsGivenIn('src/github');
    expect(given.length).toBeGreaterThan(10);
    expect(given.filter((warning) => !shown.includes(warning))).toEqual([]);
    expect(unknownPieces(shown, code)).toEqual([]);
  });
});

describe('the house', () => {
  test('lists every page in the index', () => {
    const index = readPage('docs/README.md');
    const files = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.md'),
    );
    expect(index.links).toEqual(expect.arrayContaining(files.filter((file) => file !== 'README.md')));
  });

  test('gives a reason for every package that the sources use', () => {
    const imports = [...readSources(join(ROOT, 'src')).values()].flatMap(importsOf);
    const packages = imports
      .filter((name) => !name.startsWith('node:') && !name.endsWith('.ts'))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '');
    expect(firstCodes(readPage('docs/dependencies.md').rowsUnder('At runtime')).toSorted()).toEqual(
      [...new Set(packages)].toSorted(),
    );
  });

  test('names every folder of the sources in the architecture', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(firstCodes(readPage('ARCHITECTURE.md').rowsUnder('Folders')).toSorted()).toEqual(
      folders.map(({ name }) => `${name}/`).toSorted(),
    );
  });

  test.each([
    ['ARCHITECTURE.md', 120],
    ['CONTRIBUTING.md', 60],
    ...readdirSync(join(ROOT, 'docs/adr')).map((file): [string, number] => [`docs/adr/${file}`, 40]),
  ])('keeps %s within %i lines', (file, limit) => {
    expect(readPage(file).lines.length - 1).toBeLessThanOrEqual(limit);
  });
});
