import { Composer, Lexer, Parser, type CST, type Document, type YAMLError } from 'yaml';
import { resolveAliases } from './aliases.js';
import { TreeBuilder } from './build-tree.js';
import type { Span } from './line-table.js';
import type { Mistakes } from './mistakes.js';
import { MAX_DEPTH, type YamlNode } from './yaml-tree.js';

/** Number of list items composed at a time; composing 5,000 steps at once takes 100 MB. */
const BATCH = 8;

const OPTIONS = {
  prettyErrors: false,
  resolveKnownTags: false,
  stringKeys: true,
  uniqueKeys: false,
  version: '1.2',
} as const;

/** Parses YAML 1.2 into a tree that is independent of the `yaml` package; undefined if there are mistakes. */
export const parseYaml = (text: string, mistakes: Mistakes): YamlNode | undefined => {
  const builder = new TreeBuilder(text, mistakes);
  const [document, second] = readDocuments(text, builder, mistakes);
  if (second !== undefined)
    mistakes.add('many-documents', pointAt(second.offset, 3), 'the file contains more than one YAML document');
  const composed = document && compose(document, mistakes);
  const root = composed && builder.build(composed.contents);
  if (mistakes.any()) return undefined;
  if (root === undefined || (root.kind === 'scalar' && root.value === null))
    mistakes.add('empty-file', pointAt(0), 'the file is empty; it needs at least "steps"');
  else resolveAliases(root, builder.aliases, mistakes);
  return mistakes.any() ? undefined : root;
};

const pointAt = (start: number, length = 1): Span => ({ start, end: start + length });

/** Feeds the parser token by token; items of long lists are composed and freed while it is still parsing. */
const readDocuments = (text: string, builder: TreeBuilder, mistakes: Mistakes): readonly CST.Document[] => {
  const parser = new Parser();
  const documents: CST.Document[] = [];
  const take = (tokens: Iterable<CST.Token>): void => {
    for (const token of tokens) {
      if (token.type === 'document') documents.push(token);
      else reportStray(token, mistakes);
    }
  };
  for (const lexeme of new Lexer().lex(text)) {
    take(parser.next(lexeme));
    if (documents.length > 1) return documents;
    const { stack } = parser;
    if (stack.length > 2 * MAX_DEPTH) {
      mistakes.add('too-deep', pointAt(parser.offset), `lists and mappings nest deeper than ${MAX_DEPTH} levels`);
      return [];
    }
    const top = stack.at(-1);
    // The parser may still move comments between the last two items.
    if (top?.type === 'block-seq' && top.items.length > BATCH + 2) letGo(top, builder, mistakes);
  }
  take(parser.end());
  return documents;
};

const letGo = (list: CST.BlockSequence, builder: TreeBuilder, mistakes: Mistakes): void => {
  const items = list.items.splice(0, BATCH);
  const offset = items[0]?.start[0]?.offset ?? list.offset;
  const part = compose({ type: 'document', offset, start: [], value: { ...list, items } }, mistakes);
  if (part !== undefined) builder.buildPart(part.contents);
};

/** Composes a document; reports YAML errors and then returns undefined. */
const compose = (token: CST.Document, mistakes: Mistakes): Document.Parsed | undefined => {
  const composer = new Composer(OPTIONS);
  const [document] = [...composer.next(token), ...composer.end()];
  const problems = document === undefined ? [] : [...document.errors, ...document.warnings];
  problems.forEach((problem) => reportProblem(problem, token, mistakes));
  return problems.length > 0 ? undefined : document;
};

const reportStray = (token: CST.Token, mistakes: Mistakes): void => {
  if (token.type === 'directive') {
    const end = token.offset + token.source.length;
    mistakes.add('yaml-syntax', { start: token.offset, end }, 'directives such as %YAML are not supported');
  }
  if (token.type === 'error') mistakes.add('yaml-syntax', pointAt(token.offset), plainWords(token.message));
};

const reportProblem = ({ pos, code, message }: YAMLError, token: CST.Document, mistakes: Mistakes): void => {
  if (message.startsWith('Missing closing')) {
    const opening = lastQuote(token);
    return mistakes.add('yaml-syntax', opening ?? pointAt(pos[0]), 'the quote that opens here is never closed');
  }
  mistakes.add('yaml-syntax', { start: pos[0], end: pos[1] }, WORDS[code] ?? plainWords(message));
};

/** A text with an unclosed quote extends to the end of the file, so it is the last quoted text. */
const lastQuote = (token: CST.Document): Span | undefined => {
  let last: Span | undefined;
  const look = (value: CST.Token | null | undefined): void => {
    if (value?.type === 'single-quoted-scalar' || value?.type === 'double-quoted-scalar')
      last = { start: value.offset, end: value.offset + value.source.length };
    if (value !== null && value !== undefined && 'items' in value)
      for (const item of value.items) {
        look(item.key);
        look(item.value);
      }
  };
  look(token.value);
  return last;
};

const WORDS: Partial<Record<YAMLError['code'], string>> = {
  NON_STRING_KEY: 'a key must be text',
  TAB_AS_INDENT: 'YAML indents with spaces, not with tabs',
  BAD_SCALAR_START: 'a text that starts with this character needs quotes',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; is a ":" or a quote missing or too much?',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot start here; put a text that contains ": " in quotes',
  TAG_RESOLVE_FAILED: 'this tag is not supported; leave it out',
};

const plainWords = (message: string): string => message.slice(0, 1).toLowerCase() + message.slice(1);
