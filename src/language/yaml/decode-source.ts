import { err, ok, type Result } from '../../base/result.js';
import type { DiagnosticCode } from '../model/codes.js';
import type { Diagnostic } from '../model/diagnostic.js';
import { lineTable } from './line-table.js';

/** A pipeline file: its name as given by the user, and its bytes. */
export type PipelineSource = { readonly file: string; readonly bytes: Uint8Array };

const MAX_BYTES = 4 * 1024 * 1024;

/** The text of a pipeline file, without a byte order mark; refuses bytes that cannot be YAML. */
export const decodeSource = ({ bytes }: PipelineSource): Result<string, Diagnostic> => {
  if (bytes.length > MAX_BYTES) return err(tooLarge(bytes.length));
  if (isUtf16(bytes)) return err(mistake('not-utf8', 'the file is UTF-16; save it as UTF-8'));
  const text = decodeUtf8(bytes);
  if (text === undefined) return err(notUtf8(bytes));
  const control = CONTROL_CHARACTER.exec(text);
  return control === null ? ok(text) : err(controlCharacter(text, control.index));
};

/** The text of a source for display, whatever its bytes are. */
export const lenientText = ({ bytes }: PipelineSource): string => new TextDecoder().decode(bytes);

/** Control characters that YAML 1.2 forbids: all but tab and line ends. */
const CONTROL_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

const mistake = (code: DiagnosticCode, message: string): Diagnostic => ({ code, message });

const tooLarge = (sizeBytes: number): Diagnostic =>
  mistake('file-too-large', `the file is ${(sizeBytes / 1024 / 1024).toFixed(1)} MiB; the limit is 4 MiB`);

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

const decodeUtf8 = (bytes: Uint8Array, partial = false): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: partial });
  } catch {
    return undefined;
  }
};

/** Searches for the longest prefix that decodes; it ends at or within the broken character. */
const notUtf8 = (bytes: Uint8Array): Diagnostic => {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodeUtf8(bytes.subarray(0, middle), true) === undefined) bad = middle;
    else good = middle;
  }
  const before = decodeUtf8(bytes.subarray(0, good), true) ?? '';
  const position = lineTable(`${before}?`).positionOf({ start: before.length, end: before.length + 1 });
  return { ...mistake('not-utf8', 'this is not UTF-8; save the file as UTF-8'), position };
};

const controlCharacter = (text: string, offset: number): Diagnostic => {
  const code = text.charCodeAt(offset);
  const name =
    code === 0 ? 'a NUL byte' : `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    ...mistake('control-character', `the file contains ${name}, which YAML does not allow`),
    position: lineTable(text).positionOf({ start: offset, end: offset + 1 }),
  };
};
