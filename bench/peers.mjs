import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** npm packages that contain tools; they are not dependencies of the project. */
const PACKAGES = ['wireit@0.14.13', 'rust-just@1.57.0'];

/**
 * Finds the tools that Savepoint is compared with: on the search path, else from npm in a temporary folder, which
 * is reused next time. `find` returns a tool's file, or undefined when it is unavailable.
 */
export const openPeers = () => {
  const folder = join(tmpdir(), 'savepoint-bench-peers');
  let isInstalled = false;
  const fromNpm = (name) => {
    if (!isInstalled) install(folder);
    isInstalled = true;
    const file = join(folder, 'node_modules', '.bin', name);
    return existsSync(file) ? file : undefined;
  };
  return { find: (name) => onPath(name) ?? (NPM_TOOLS.includes(name) ? fromNpm(name) : undefined) };
};

const NPM_TOOLS = ['wireit', 'just'];

const onPath = (name) => {
  const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
};

const install = (folder) => {
  if (NPM_TOOLS.every((name) => existsSync(join(folder, 'node_modules', '.bin', name)))) return;
  mkdirSync(folder, { recursive: true });
  spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, ...PACKAGES], {
    stdio: 'ignore',
  });
};
