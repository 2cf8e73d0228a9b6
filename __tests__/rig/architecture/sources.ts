import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** Parsed source files by their path below `src/`, such as `base/hash.ts`. */
export type Sources = ReadonlyMap<string, ts.SourceFile>;

/** Violations, one line each that begins with the path; empty without any. */
export type Rule = (sources: Sources) => readonly string[];

/** Sources from texts, to test a rule. */
export const parseSources = (texts: Readonly<Record<string, string>>): Sources =>
  new Map(Object.entries(texts).map(([path, text]) => [path, parse(path, text)]));

/** The files below a folder whose names end in `ending`. */
export const readSources = (folder: string, ending = '.ts'): Sources =>
  parseSources(
    Object.fromEntries(listFiles(folder, ending).map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
  );

/** Relative paths of the files below a folder whose names have this ending. */
export const listFiles = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending));

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);

/** The imports of a file, types included: packages by name, own files by their path below `src/`. */
export const importsOf = (file: ts.SourceFile): readonly string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = moduleNameOf(node);
    if (name !== undefined) found.push(name.startsWith('.') ? resolveOwn(file.fileName, name) : name);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

/** The files that a file imports values from, as paths relative to the folder of `sources`. */
export const valueImportsOf = (file: ts.SourceFile): readonly string[] =>
  file.statements
    .filter(ts.isImportDeclaration)
    .filter(({ importClause }) => importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword)
    .map((statement) => resolveOwn(file.fileName, textOf(statement.moduleSpecifier) ?? ''));

const moduleNameOf = (node: ts.Node): string | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic ? textOf(node.arguments[0]) : undefined;
};

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;

const resolveOwn = (from: string, name: string): string =>
  posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts');

/** The folder that a path of `src/` is in; the path itself at the top. */
export const folderOf = (path: string): string => (path.includes('/') ? posix.dirname(path) : path);

/** The first folder of a path of `src/`; the path itself at the top. */
export const storeyOf = (path: string): string => path.split('/')[0] ?? path;

/** The number of lines of a node, without its leading comments. */
export const linesOf = (node: ts.Node): number => {
  const file = node.getSourceFile();
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.getEnd()) - lineAt(node.getStart()) + 1;
};

/** Where a node is, as `path:line`. */
export const placeOf = (node: ts.Node): string => {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
};

/** All nodes of a file that a predicate accepts. */
export const findNodes = <T extends ts.Node>(
  file: ts.SourceFile,
  passes: (node: ts.Node) => node is T,
): readonly T[] => {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    if (passes(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};
