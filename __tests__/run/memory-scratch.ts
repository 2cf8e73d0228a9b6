import { ok } from '../../src/base/result.js';
import type { CommandFileTexts, Scratch } from '../../src/run/context/ports.js';

/** A scratch folder in memory: what is written to its files by path is there when it is collected. */
export type MemoryScratch = Scratch & {
  /** Files that are there, by path. */
  readonly files: Map<string, string>;
};

/** An empty scratch folder. */
export const createMemoryScratch = (): MemoryScratch => {
  const files = new Map<string, string>();
  let opened = 0;
  const take = (path: string): string => {
    const text = files.get(path) ?? '';
    files.delete(path);
    return text;
  };
  return {
    files,
    open: (script, extension) => {
      opened += 1;
      const at = (name: string): string => `/scratch/${opened}${name}`;
      const scriptFile = at(extension);
      files.set(scriptFile, script);
      const paths = {
        outputFile: at('-output'),
        envFile: at('-env'),
        pathFile: at('-path'),
        summaryFile: at('-summary'),
      };
      const collect = (): CommandFileTexts => {
        files.delete(scriptFile);
        return {
          output: take(paths.outputFile),
          env: take(paths.envFile),
          path: take(paths.pathFile),
          summary: take(paths.summaryFile),
        };
      };
      return ok({ scriptFile, ...paths, collect: () => ok(collect()) });
    },
  };
};
