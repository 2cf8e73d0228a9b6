import { lenientText, type PipelineSource } from './decode-source.js';
import type { Diagnostic, Position } from '../model/diagnostic.js';

/** The most of a source line that is shown, in UTF-16 units. */
const WINDOW = 100;

/** Adds the file and the excerpt at their position to mistakes. */
export const placeDiagnostics = (diagnostics: readonly Diagnostic[], source: PipelineSource): readonly Diagnostic[] => {
  const { file } = source;
  const lines = diagnostics.some(({ position }) => position !== undefined) ? lenientText(source).split('\n') : [];
  return diagnostics.map((diagnostic) => {
    const { position } = diagnostic;
    if (position === undefined) return { ...diagnostic, file };
    return { ...diagnostic, file, excerpt: excerptOf(lines[position.line - 1] ?? '', position) };
  });
};

/** Renders several mistakes, which may be in different files. */
export const renderDiagnostics = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.map(renderDiagnostic).join('\n');

/** Renders a mistake: position, message and code on one line, then the line of the file with carets under it. */
export const renderDiagnostic = (diagnostic: Diagnostic): string => {
  const head = renderHeadline(diagnostic);
  return diagnostic.excerpt === undefined ? head : `${head}\n${diagnostic.excerpt}`;
};

/** Renders a mistake on one line: position, message and code. */
export const renderHeadline = ({ code, message, file, position }: Diagnostic): string => {
  const place = position === undefined ? [file] : [file, String(position.line), String(position.column)];
  const said = `${message} [${code}]`;
  return harmless(file === undefined ? said : `${place.join(':')} ${said}`);
};

const excerptOf = (sourceLine: string, position: Position): string => {
  const line = sourceLine.replace(/\r$/, '');
  const start = position.column - 1;
  const { from, to } = windowAround(line.length, start);
  const before = harmless(`${from > 0 ? '…' : ''}${line.slice(from, start)}`);
  const marked = harmless(line.slice(start, Math.min(start + position.length, to)));
  const after = harmless(`${line.slice(start + position.length, to)}${to < line.length ? '…' : ''}`);
  const gutter = `  ${String(position.line)} | `;
  const margin = `${' '.repeat(gutter.length - 2)}| `;
  return `${gutter}${before}${marked}${after}\n${margin}${blank(before)}${carets(marked)}`;
};

const windowAround = (length: number, column: number): { readonly from: number; readonly to: number } => {
  const from = length <= WINDOW ? 0 : Math.max(0, Math.min(column - WINDOW / 4, length - WINDOW));
  return { from, to: Math.min(length, from + WINDOW) };
};

/** Replaces control characters, invisible direction marks and lone surrogates, so that they cannot affect a terminal. */
const harmless = (text: string): string =>
  text
    .replaceAll('\t', ' ')
    .replaceAll(/[\0-\x1f]/g, (control) => String.fromCharCode(control.charCodeAt(0) + 0x2400))
    .replaceAll(/[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu, '\ufffd');

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Spaces of the same width as the text on a terminal. */
const blank = (text: string): string => text.replaceAll(WIDE, '  ').replaceAll(/[^ ]/g, ' ');

const carets = (text: string): string => '^'.repeat(Math.max(1, blank(text).length));
