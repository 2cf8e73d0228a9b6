import { PLAIN } from '../../src/report/text/paint.js';
import type { Outlet } from '../../src/local/terminal/screen.js';
import type { Terminal } from '../../src/local/terminal/terminal.js';

/** An outlet that keeps everything written to it. */
export type MemoryOutlet = Outlet & { readonly text: () => string };

/** An outlet without colours and width, such as a file. */
export const newMemoryOutlet = (): MemoryOutlet => {
  const parts: Buffer[] = [];
  return {
    paint: PLAIN,
    columns: undefined,
    write: (content) => parts.push(Buffer.from(content)),
    text: () => Buffer.concat(parts).toString(),
  };
};

/** A terminal in a folder, with an empty environment. */
export const newMemoryTerminal = (
  folder: string,
): Terminal & { readonly out: MemoryOutlet; readonly err: MemoryOutlet } => ({
  out: newMemoryOutlet(),
  err: newMemoryOutlet(),
  surroundings: { env: {}, folder, platform: 'linux', arch: 'x64', tempDir: '/tmp', hostName: 'here' },
});
