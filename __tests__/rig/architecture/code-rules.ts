import { posix } from 'node:path';
import ts from 'typescript';
import { findNodes, storeyOf, linesOf, placeOf, valueImportsOf, type Rule, type Sources } from './sources.js';

const EDGES = ['machine', 'snapshot', 'local', 'github', 'cli.ts', 'main.ts', 'store.ts'];
const ENTRIES = ['cli.ts', 'main.ts', 'store.ts'];

const EDGE_GLOBALS = [
  ...['process', 'console', 'performance', 'crypto', 'fetch'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'Date.now', 'Date()', 'new Date()', 'Math.random'],
];

/** The process, the console, time, timers and chance are touched only at the edges. `new Date(ms)` is arithmetic. */
export const theCoreIsDeterministic: Rule = (sources) =>
  [...sources]
    .filter(([path]) => !EDGES.includes(storeyOf(path)))
    .flatMap(([, file]) => {
      const declared = new Set(findNodes(file, isNamedDeclaration).map(({ name }) => name.text));
      return findNodes(file, ts.isIdentifier)
        .filter((node) => isUse(node) && !declared.has(node.text))
        .map((node) => ({ node, use: useOf(node) }))
        .filter(({ use }) => EDGE_GLOBALS.includes(use))
        .map(({ node, use }) => `${placeOf(node)} uses ${use}`);
    });

type NamedDeclaration = (ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement | ts.ImportSpecifier) & {
  readonly name: ts.Identifier;
};

const isNamedDeclaration = (node: ts.Node): node is NamedDeclaration =>
  (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isImportSpecifier(node)) &&
  ts.isIdentifier(node.name);

/** Whether an identifier is used as a value, rather than as the name of a property, a declaration or a type. */
const isUse = (node: ts.Identifier): boolean => {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if ('name' in parent && parent.name === node) return false;
  return !ts.isTypeNode(parent) && !ts.isQualifiedName(parent);
};

/** The use of a global, such as `Date.now` or `new Date()`; only its name where that is enough. */
const useOf = (node: ts.Identifier): string => {
  const { parent, text } = node;
  if (EDGE_GLOBALS.includes(text)) return text;
  if (ts.isPropertyAccessExpression(parent)) return `${text}.${parent.name.text}`;
  if (ts.isCallExpression(parent) && parent.expression === node) return `${text}()`;
  if (ts.isNewExpression(parent) && parent.expression === node && (parent.arguments?.length ?? 0) === 0) {
    return `new ${text}()`;
  }
  return text;
};

/**
 * Importing a module has no side effect: only declarations stand at the top. The value of a constant may be computed
 * in the core, which cannot reach the machine; at the edges only from literals, by pure functions.
 */
export const importsDoNothing: Rule = (sources) =>
  [...sources]
    .filter(([path]) => !ENTRIES.includes(path))
    .flatMap(([path, file]) => file.statements.flatMap((statement) => effectsOf(statement, storeyOf(path))))
    .map((node) => `${placeOf(node)} does something`);

const effectsOf = (statement: ts.Statement, folder: string): readonly ts.Node[] => {
  if (!ts.isVariableStatement(statement)) return isDeclaration(statement) ? [] : [statement];
  return partsRunAtOnce(statement.declarationList).filter(EDGES.includes(folder) ? isImpure : ts.isAwaitExpression);
};

const isDeclaration = (node: ts.Statement): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isFunctionDeclaration(node) ||
  (ts.isClassDeclaration(node) && !node.members.some(ts.isClassStaticBlockDeclaration));

const partsRunAtOnce = (node: ts.Node): readonly ts.Node[] => {
  const parts: ts.Node[] = [node];
  ts.forEachChild(node, (child) => {
    if (!ts.isFunctionLike(child) && !ts.isClassLike(child)) parts.push(...partsRunAtOnce(child));
  });
  return parts;
};

const isImpure = (node: ts.Node): boolean => {
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isNewExpression(node)) return !PURE_CLASSES.includes(node.expression.getText());
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  const isPureMethod = ts.isPropertyAccessExpression(expression) && PURE_METHODS.includes(expression.name.text);
  return !isPureMethod && !PURE_FUNCTIONS.includes(expression.getText());
};

const PURE_CLASSES = ['Map', 'Set', 'RegExp', 'TextEncoder', 'TextDecoder'];
const PURE_METHODS = ['charCodeAt', 'concat', 'filter', 'flatMap', 'join', 'map', 'repeat', 'split'];
const PURE_FUNCTIONS = [
  'Object.freeze',
  'Object.fromEntries',
  'Object.entries',
  'Object.keys',
  'Buffer.alloc',
  'Buffer.allocUnsafeSlow',
  'Buffer.from',
  'Symbol',
];

/** Files have at most 300 lines, entries 60, functions 60, the main path 40. */
export const nothingIsTooLong: Rule = (sources) =>
  [...sources].flatMap(([path, file]) => [
    ...tooLong(path, file.text.replace(/\n$/, '').split('\n').length, ENTRIES.includes(path) ? 60 : 300),
    ...findNodes(file, isFunctionWithBody).flatMap((node) =>
      tooLong(`${placeOf(node)} function`, linesOf(node), isMainPath(node) ? 40 : 60),
    ),
  ]);

const tooLong = (what: string, lines: number, limit: number): readonly string[] =>
  lines > limit ? [`${what} has ${lines} lines, at most ${limit} are allowed`] : [];

const isFunctionWithBody = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;

const isMainPath = ({ parent }: ts.Node): boolean =>
  parent.getSourceFile().fileName === 'run-pipeline.ts' &&
  ts.isVariableDeclaration(parent) &&
  parent.name.getText() === 'runPipeline';

/** Every export has a doc comment. */
export const exportsAreDocumented: Rule = (sources) =>
  [...sources.values()].flatMap((file) =>
    file.statements
      .filter((statement) => isExported(statement) && !hasDocComment(statement))
      .map((statement) => `${placeOf(statement)} exports without a doc comment`),
  );

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const hasDocComment = (statement: ts.Statement): boolean => {
  const { text } = statement.getSourceFile();
  const comments = ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [];
  return comments.some(({ pos }) => text.startsWith('/**', pos));
};

/** Files and folders are named in kebab-case. */
export const namesAreKebabCase: Rule = (sources) =>
  [...sources.keys()]
    .filter((path) => !path.split('/').every((name) => /^[a-z0-9]+(-[a-z0-9]+)*(\.ts)?$/.test(name)))
    .map((path) => `${path} is not in kebab-case`);

/**
 * Every file that exports more than types is tested: it has a test file of the same path, or a test file in the same
 * folder of `__tests__/` imports it. `excepted` are tested as a whole.
 */
export const logicIsTested =
  (tests: Sources, excepted: readonly string[]): Rule =>
  (sources) => {
    const tested = new Set(
      [...tests].flatMap(([path, file]) => [...importedFromSameFolder(path, file), ...describedIn(path, file)]),
    );
    return [...sources]
      .filter(([path, file]) => !excepted.includes(path) && exportsValues(file))
      .filter(([path]) => !tests.has(path.replace(/\.ts$/, '.test.ts')) && !tested.has(path))
      .map(([path]) => `__tests__/${path.replace(/\.ts$/, '.test.ts')} is missing`);
  };

/** The files of `src/` that a test file imports values from and that are in the corresponding folder. */
const importedFromSameFolder = (path: string, test: ts.SourceFile): readonly string[] =>
  valueImportsOf(test)
    .filter((target) => target.startsWith('../src/'))
    .map((target) => target.slice('../src/'.length))
    .filter((target) => posix.dirname(target) === posix.dirname(path));

/** The source files that a test file of several subjects names, each as `describe('kind rows', …)` for `kind-rows.ts`. */
const describedIn = (path: string, test: ts.SourceFile): readonly string[] =>
  test.statements.flatMap((statement) => {
    const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
    if (call === undefined || !ts.isCallExpression(call) || call.expression.getText(test) !== 'describe') return [];
    const [title] = call.arguments;
    if (title === undefined || !ts.isStringLiteral(title)) return [];
    return [posix.join(posix.dirname(path), `${title.text.replaceAll(' ', '-')}.ts`)];
  });

const exportsValues = (file: ts.SourceFile): boolean =>
  file.statements.some(
    (statement) =>
      (isExported(statement) && !ts.isTypeAliasDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) ||
      (ts.isExportDeclaration(statement) && !statement.isTypeOnly),
  );
