import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Json } from '../../src/base/stable-json.js';
import type { RunEvent } from '../../src/state/event.js';
import { until } from '../machine/until.js';
import { defaultNode } from './nodes.js';
import { type Program, startProgram } from './program.js';
import { openPuppets, type Puppet, type Puppets } from './puppets.js';

/** A throwaway workspace, the real program in it, and puppets for its steps. For `await using`: it cleans up after itself. */
export type Rig = AsyncDisposable & {
  /** The folder that programs start in; absolute, without symbolic links. */
  readonly workspace: string;
  /** The folder for temporary files of programs. */
  readonly tempFolder: string;
  /** The files still in the temp folder, without empty ones and folders. */
  readonly temporaryFiles: () => readonly string[];
  readonly cli: (args: readonly string[], options?: CliOptions) => Program;
  /** `savepoint run …` */
  readonly run: (args?: readonly string[], options?: CliOptions) => Program;
  /** `savepoint resume …` */
  readonly resume: (args?: readonly string[], options?: CliOptions) => Program;
  /** A command `puppet <name>` in a step does what the test tells it. */
  readonly puppet: (name: string) => Puppet;
  /** Writes a file of the workspace; one that starts with `#!` can be executed. */
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  readonly has: (path: string) => boolean;
  readonly remove: (path: string) => void;
  /** The lines that steps added to `trail.txt` since the last call. */
  readonly trail: () => readonly string[];
  /** The state file. */
  readonly state: () => StateFile;
  /** The status of each step in the state file, by path. */
  readonly statuses: () => Readonly<Record<string, Json>>;
  /** The complete lines of the journal. */
  readonly journal: () => readonly RunEvent[];
  /** Waits until the journal has the end of a step. */
  readonly untilSettled: (step: string) => Promise<void>;
  /** The stored output of a step, by its path. */
  readonly log: (step: string) => string;
};

/** The fields of the state file that tests read; `docs/format.md` has all of them. */
export type StateFile = Readonly<Record<string, Json>> & {
  readonly run_id: string;
  readonly status: string;
  readonly attempt: number;
  readonly current_step: string | null;
  readonly running_steps: readonly string[];
  readonly completed_steps: readonly string[];
  readonly steps: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};

/** The properties of one start of the program. */
export type CliOptions = {
  /** Path of a Node; default: `SAVEPOINT_TEST_NODE`, else the one that runs the tests. */
  readonly node?: string;
  /** In addition to PATH, HOME and TMPDIR, the only variables that programs inherit. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the workspace. */
  readonly cwd?: string;
  /** Reads standard output without keeping it, because it is too large. */
  readonly forgetStdout?: boolean;
};

/** Makes a rig whose workspace has these files. `program` is the JavaScript file it starts: `dist` as shipped by default. */
export const newRig = async (files: Readonly<Record<string, string>>, program = SHIPPED): Promise<Rig> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sp-rig-')));
  const [workspace, home, tempFolder] = ['workspace', 'home', 'tmp'].map((name) => madeFolder(folder, name)) as Folders;
  const puppets = await openPuppets(folder);
  const env = { PATH: `${puppets.binFolder}:${process.env['PATH'] ?? ''}`, HOME: home, TMPDIR: tempFolder };
  const programs = new Set<Program>();
  const cli: Rig['cli'] = (args, { node = defaultNode(), cwd = workspace, ...more } = {}) =>
    watch(startProgram(args, { ...more, node, file: program, cwd, env: { ...env, ...more.env } }), {
      programs,
      puppets,
    });
  const temporaryFiles = (): readonly string[] => filesBelow(tempFolder);
  const rig = { workspace, tempFolder, temporaryFiles, cli, puppet: puppets.puppet, ...filesOf(workspace) };
  for (const [path, text] of Object.entries(files)) rig.write(path, text);
  return {
    ...rig,
    run: (args = [], options) => cli(['run', ...args], options),
    resume: (args = [], options) => cli(['resume', ...args], options),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...programs].map((one) => one.killHard()));
      await puppets.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

/** The program as committed. */
export const SHIPPED = join(import.meta.dirname, '../../dist/cli/index.js');

type Folders = [workspace: string, home: string, tempFolder: string];

const madeFolder = (parent: string, name: string): string => {
  const path = join(parent, name);
  mkdirSync(path);
  return path;
};

type Stage = { readonly programs: Set<Program>; readonly puppets: Puppets };

/** Rejects all waits for a puppet when the last program ends, and says why none will come. */
const watch = (program: Program, { programs, puppets }: Stage): Program => {
  programs.add(program);
  void program.exitCode.then((code) => {
    programs.delete(program);
    if (programs.size > 0) return;
    puppets.giveUp(`the program ended with ${code}:\n${program.stdout()}\n${program.stderr()}`);
  });
  return program;
};

/** The files with content. Empty files and folders can remain when their creator is killed before it writes. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    return stat !== undefined && !stat.isDirectory() && !(stat.isFile() && stat.size === 0);
  });

type Files = Omit<Rig, keyof AsyncDisposable | 'workspace' | 'tempFolder' | 'temporaryFiles' | 'puppet' | Starts>;
type Starts = 'cli' | 'run' | 'resume';

const TRAIL = 'trail.txt';

const filesOf = (workspace: string): Files => {
  const read = (path: string): string => readFileSync(join(workspace, path), 'utf8');
  const has = (path: string): boolean => existsSync(join(workspace, path));
  const remove = (path: string): void => rmSync(join(workspace, path), { recursive: true });
  const journal = (): readonly RunEvent[] =>
    linesOf(read('.work/journal.jsonl')).map((line) => JSON.parse(line) as RunEvent);
  const state = (): StateFile => JSON.parse(read('.work/pipeline-state.json')) as StateFile;
  return {
    read,
    has,
    remove,
    trail: () => {
      const lines = has(TRAIL) ? linesOf(read(TRAIL)) : [];
      if (lines.length > 0) remove(TRAIL);
      return lines;
    },
    write: (path, text) => {
      const target = join(workspace, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
    },
    state,
    statuses: () =>
      Object.fromEntries(Object.entries(state().steps).map(([path, { status = null }]) => [path, status])),
    journal,
    untilSettled: (step) =>
      until(() => journal().some((event) => 'duration_ms' in event && 'step' in event && event.step === step)),
    log: (step) => read(`.work/logs/${step}.log`),
  };
};

/** The complete lines. */
const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);
