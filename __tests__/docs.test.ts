import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTIC_CODES } from '../src/language/model/codes.js';
import { err, ok } from '../src/base/result.js';
import { readPipeline, type LoadFile, type PipelineSource } from '../src/language/read-pipeline.js';
import { renderDiagnostics } from '../src/language/yaml/render-diagnostic.js';
import { readArguments } from '../src/local/command-line/arguments.js';
import { calledFilesIn } from '../src/machine/workspace/pipeline-file.js';
import { newPageWorkspace, type Ran } from './rig/docs/page-workspace.js';
import { runPageJob } from './rig/docs/page-job.js';
import { codeIn, findPages, readPage, ROOT, type Fence, type Page } from './rig/docs/page.js';
import { comparable, isShown, leavesOut, readTranscript, type Exchange } from './rig/docs/transcript.js';
import { isWorkflow } from './rig/runner/workflow-linter.js';

const { scripts: ownScripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
const pages = findPages().map((file): [string, Page] => [file, readPage(file)]);
const fencesOf = (page: Page, language: string): readonly Fence[] =>
  page.fences.filter((fence) => fence.language === language);

describe.each(pages)('%s', (_file, page) => {
  test('links only to what is there', () => {
    const broken = page.links.filter((target) => !/^https?:/.test(target) && !isThere(target, page));
    expect(broken).toEqual([]);
  });

  test('names only files and scripts that there are', () => {
    const codes = page.lines.flatMap(codeIn);
    const files = codes.filter((code) => /^(?:src|__tests__|docs|examples|schema|scripts|bench)\/[\w./-]+$/.test(code));
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const scripts = [...page.lines.join('\n').matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    expect(Object.keys(ownScripts)).toEqual(expect.arrayContaining(scripts));
  });

  test('has no block that nothing checks', () => {
    const known = ['console', 'log', 'yaml', 'sh', 'js', 'json', 'text'];
    expect(page.fences.filter(({ language }) => !known.includes(language))).toEqual([]);
  });

  const pipelines = fencesOf(page, 'yaml').filter(({ text }) => !isWorkflow(text));

  test.each(pipelines.map((fence): [number, Fence] => [fence.line, fence]))(
    'shows a pipeline in line %i that is as right or wrong as it says',
    async (_line, fence) => {
      const read = await readPipeline(sourceOf(fence), loadFrom(page));
      const mistakes = read.ok ? read.value.warnings : read.error;
      const codes = mistakes.map(({ code }) => code);
      const [code = ''] = codeIn(fence.heading);
      if (Object.hasOwn(DIAGNOSTIC_CODES, code)) expect(codes).toContain(code);
      else if (fence.words[1] === 'invalid') expect(codes).not.toEqual([]);
      else expect(renderDiagnostics(mistakes)).toBe('');
    },
  );

  test.each(fencesOf(page, 'sh').map((fence): [number, Fence] => [fence.line, fence]))(
    'has command lines in line %i that make sense',
    (_line, { text }) => {
      const lines = [...text.matchAll(/^(?:node dist\/cli\/index\.js|savepoint) ([^#|&;\n]*)/gm)];
      const wrong = lines.map(([, words = '']) => readArguments(words.trim().split(/\s+/))).filter(({ ok }) => !ok);
      expect(wrong).toEqual([]);
    },
  );

  test.each(fencesOf(page, 'json').map((fence): [number, Fence] => [fence.line, fence]))(
    'has JSON in line %i',
    (_line, { text }) => {
      const texts = text.startsWith('{\n') ? [text] : text.split('\n');
      for (const each of texts) expect(() => JSON.parse(each) as unknown).not.toThrow();
    },
  );

  test.runIf(fencesOf(page, 'console').length > 0)('shows what its commands print', () => {
    using workspace = newPageWorkspace(page);
    for (const fence of fencesOf(page, 'console')) {
      const exchanges = readTranscript(fence.text);
      const ran = workspace.run(exchanges.map(({ command }) => command));
      if (process.env['UPDATE_GOLDENS'] !== undefined) rewrite(page, fence, ran);
      else exchanges.forEach((exchange, index) => compare(exchange, ran[index]));
    }
  });

  test.runIf(fencesOf(page, 'log').length > 0)('shows what a job shows in each attempt', async () => {
    const blocks = fencesOf(page, 'log');
    const logs = await runPageJob(blocks);
    blocks.forEach((block, index) => {
      if (process.env['UPDATE_GOLDENS'] === undefined) expectShown(block.text, logs[index] ?? '');
      else if (!leavesOut(block.text)) replaceIn(page, block, logs[index] ?? '');
    });
  });
});

/** A pipeline of a page calls only blocks of that page that have a file name. */
const loadFrom =
  (page: Page): LoadFile =>
  (file) => {
    const fence = fencesOf(page, 'yaml').find(({ words }) => words[0] === file);
    return Promise.resolve(fence === undefined ? err(`there is no file "${file}"`) : ok(sourceOf(fence)));
  };

/** Completes a part of a pipeline file: adds a file around steps, or a step to a file. */
const sourceOf = ({ text, words, heading }: Fence): PipelineSource => {
  const isWhole = heading.startsWith('`') || /^steps:/m.test(text);
  const isList =
    text
      .split('\n')
      .find((line) => !line.startsWith('#'))
      ?.startsWith('- ') === true;
  const whole = isWhole ? text : isList ? `steps:\n${indented(text)}` : `${text}\nsteps:\n  - run: 'true'\n`;
  return { file: words[0] ?? 'savepoint.yml', bytes: Buffer.from(whole) };
};

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

const isThere = (target: string, page: Page): boolean => {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page.file : normalize(join(dirname(page.file), path));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || readPage(file).anchors.includes(anchor);
};

/** A command without output in the page may print anything, but must succeed. */
const compare = ({ command, output }: Exchange, ran: Ran | undefined): void => {
  expect(ran, command).toBeDefined();
  if (ran === undefined) return;
  if (output === '') expect(ran.exitCode, `${command}\n${ran.output}`).toBe(0);
  else expectShown(output, ran.output, `$ ${command}\n`);
};

const expectShown = (shown: string, actual: string, title = ''): void => {
  if (!isShown(shown, actual)) expect(`${title}${comparable(actual)}`).toBe(`${title}${comparable(shown)}`);
};

/** Updates the output of a block's commands in the page; lines that the page leaves out stay out. */
const rewrite = (page: Page, fence: Fence, ran: readonly Ran[]): void => {
  const texts = readTranscript(fence.text).map(({ command, output }, index) => {
    const actual = ran[index]?.output ?? '';
    const isKept = output === '' || leavesOut(output) || isShown(output, actual);
    return [`$ ${command}`, isKept ? output : actual].filter((part) => part !== '').join('\n');
  });
  replaceIn(page, fence, texts.join('\n'));
};

const replaceIn = (page: Page, fence: Fence, text: string): void => {
  const file = join(ROOT, page.file);
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(fence.text, () => text),
  );
};

describe('an example', () => {
  const examples = readdirSync(join(ROOT, 'examples'));

  test.each(examples)('%s says what it is and has a pipeline without mistakes', async (name) => {
    const file = `examples/${name}/savepoint.yml`;
    expect(existsSync(join(ROOT, `examples/${name}/README.md`))).toBe(true);
    const source = { file, bytes: readFileSync(join(ROOT, file)) };
    expect(await readPipeline(source, calledFilesIn(ROOT))).toMatchObject({ ok: true });
  });
});
