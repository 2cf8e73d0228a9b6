import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitHubEmulator } from '../../rig/github/start-github.js';

/** Everything stored on GitHub, as Latin-1: names and bytes, both as stored and unpacked. */
export const storedText = async (github: GitHubEmulator): Promise<string> => {
  const [entries, artifacts] = [await github.entries(), await github.artifacts()];
  return [
    ...entries.map(({ key, content }) => `${key}\n${unpacked(content, ['tar', '-xf'])}`),
    ...artifacts.map(({ name, content }) => `${name}\n${unpacked(content, ['unzip', '-q'])}`),
  ].join('\n');
};

/** Every file below a folder, with its name, as Latin-1. */
export const textBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => `${file}\n${plain(file)}`)
    .join('\n');

const unpacked = (content: Buffer, [program = '', ...options]: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sp-stored-'));
  try {
    writeFileSync(join(folder, 'packed'), content);
    execFileSync(program, [...options, 'packed'], { cwd: folder });
    return textBelow(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A file as stored, and decompressed if it is compressed. */
const plain = (file: string): string => {
  const content = readFileSync(file);
  const program = programFor(content);
  if (program === undefined) return content.toString('latin1');
  const { stdout } = spawnSync(program, ['-dc'], { input: content, maxBuffer: 1 << 28 });
  return `${content.toString('latin1')}\n${stdout.toString('latin1')}`;
};

const programFor = (content: Buffer): string | undefined => {
  const start = content.subarray(0, 4).toString('hex');
  return start === '28b52ffd' ? 'zstd' : start.startsWith('1f8b') ? 'gzip' : undefined;
};
