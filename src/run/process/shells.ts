import { err, ok, type Result } from '../../base/result.js';
import type { ProgramLookup } from '../context/ports.js';

/** How to start a shell and name its scripts. `{0}` is replaced by the script file. */
export type Shell = {
  readonly argv: readonly string[];
  readonly extension: string;
  /** Lines that GitHub puts before and after a script of this shell. */
  readonly before?: string;
  readonly after?: string;
};

const SHELLS: Readonly<Record<string, Shell>> = {
  bash: { argv: ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '{0}'], extension: '.sh' },
  sh: { argv: ['sh', '-e', '{0}'], extension: '.sh' },
  python: { argv: ['python', '{0}'], extension: '.py' },
  node: { argv: ['node', '{0}'], extension: '.mjs' },
  pwsh: {
    argv: ['pwsh', '-NoLogo', '-NoProfile', '-NonInteractive', '-File', '{0}'],
    extension: '.ps1',
    before: "$ErrorActionPreference = 'stop'\n",
    after: '\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }\n',
  },
};

/**
 * The shell for a name or template. Without a name: bash if installed, else sh, as on GitHub.
 * `python` falls back to `python3`.
 */
export const findShell = (shell: string | undefined, hasProgram: ProgramLookup): Result<Shell> => {
  const name = shell ?? (hasProgram('bash') ? 'bash' : 'sh');
  const known = Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined;
  if (known === undefined) return name.includes('{0}') ? ok(fromTemplate(name)) : err(`there is no shell "${name}"`);
  if (name === 'python' && !hasProgram('python')) return ok({ ...known, argv: ['python3', '{0}'] });
  return ok(known);
};

/** The argument vector that runs a script file. */
export const shellArgv = ({ argv }: Shell, scriptFile: string): readonly string[] =>
  argv.map((part) => part.replace('{0}', () => scriptFile));

/** The text of the script file. */
export const scriptText = ({ before = '', after = '' }: Shell, script: string): string => `${before}${script}${after}`;

const fromTemplate = (template: string): Shell => ({ argv: template.trim().split(/\s+/), extension: '.sh' });
