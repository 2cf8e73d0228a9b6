import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A user without privileges, for tests that run as root: root may do everything. */
const NOBODY = 65534;
const SOURCES = new URL('../../src/', import.meta.url).href;
const HOOK = fileURLToPath(new URL('../../scripts/typescript-sources.mjs', import.meta.url));

/** Whether code can run as a user other than root; otherwise tests that need one are skipped. */
export const canRunUnprivileged = (): boolean => runCode(`import 'src/base/result.js';`).status === 0;

/**
 * Runs a piece of JavaScript with our sources as a user other than root, and returns its output; throws if it fails.
 * `src` in an import stands for our sources.
 */
export const runUnprivileged = (code: string): string => {
  const { status, stdout, stderr } = runCode(code);
  if (status !== 0) throw new Error(`the code ended with ${String(status)}: ${stderr}`);
  return stdout;
};

const runCode = (code: string): SpawnSyncReturns<string> => {
  const script = code.replaceAll(/(from|import) 'src\/(.*)\.js'/g, `$1 '${SOURCES}$2.ts'`);
  const args = ['--no-warnings', '--import', HOOK, '--input-type=module', '--eval', script];
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  return spawnSync(process.execPath, args, { ...user, encoding: 'utf8', cwd: '/' });
};
