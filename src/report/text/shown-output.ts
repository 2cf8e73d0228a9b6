import { createCommandScanner } from '../../run/process/workflow-commands.js';
import type { Annotation } from '../../run/context/ports.js';
import { renderAnnotation } from './annotation-text.js';
import { PLAIN } from './paint.js';

/** The last lines of a step's output as its log shows them: workflow commands as text, without added colours. */
export const shownOutput = (output: string, lineLimit: number): string => {
  const pieces: string[] = [];
  const annotation = (shown: Annotation): void => {
    if (shown.kind !== 'debug') pieces.push(...renderAnnotation(shown, PLAIN).map((line) => `${line}\n`));
  };
  const text = (bytes: Buffer): void => void pieces.push(bytes.toString());
  const scanner = createCommandScanner({ text, annotation, mask: () => undefined }, { stoppedBy: undefined });
  scanner.push(Buffer.from(output));
  scanner.end();
  const lines = pieces.join('').trimEnd().split('\n');
  return lines.slice(-lineLimit).join('\n');
};
