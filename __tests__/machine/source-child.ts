import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A child process that runs a piece of JavaScript with our sources. */
export type SourceChild = {
  /** Everything it printed, once it has ended. */
  readonly output: Promise<string>;
  /** The next line it prints. */
  readonly nextLine: () => Promise<string>;
  readonly tell: (line: string) => void;
  readonly child: ChildProcess;
};

/** Starts the code; `src` in an import stands for our sources. `wrap` is a bash command to run first, such as a limit. */
export const startSource = (code: string, wrap = ''): SourceChild => {
  const script = code.replaceAll(/from 'src\/(.*)\.js'/g, `from '${SOURCES}$1.ts'`);
  const node = [process.execPath, '--no-warnings', '--import', HOOK, '--input-type=module', '--eval', script];
  const child = spawn('bash', ['-c', `${wrap} exec "$@"`, 'bash', ...node], { stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  let taken = 0;
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    for (const look of waiting.splice(0)) look();
  });
  const nextLine = (): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const end = printed.indexOf('\n', taken);
        if (end === -1) {
          waiting.push(look);
          return;
        }
        resolve(printed.slice(taken, end));
        taken = end + 1;
      };
      look();
    });
  const output = new Promise<string>((resolve) => child.on('close', () => resolve(printed)));
  return { output, nextLine, tell: (line) => child.stdin.write(`${line}\n`), child };
};

const SOURCES = new URL('../../src/', import.meta.url).href;
const HOOK = fileURLToPath(new URL('../../scripts/typescript-sources.mjs', import.meta.url));
