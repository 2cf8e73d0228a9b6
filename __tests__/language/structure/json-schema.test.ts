import { Ajv } from 'ajv';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTIC_CODES } from '../../../src/language/model/codes.js';
import { pipelineSchema } from '../../../src/language/structure/json-schema.js';
import { err, ok } from '../../../src/base/result.js';
import { readPipeline, type LoadFile } from '../../../src/language/read-pipeline.js';
import { errorExamples } from '../error-examples.js';
import { goldens } from '../goldens.js';

const root = new URL('../../../', import.meta.url);
const published: unknown = JSON.parse(readFileSync(new URL('schema/savepoint.schema.json', root), 'utf8'));
const accepts = new Ajv({ allowUnionTypes: true }).compile(pipelineSchema() as object);

const codeStages: Readonly<Record<string, string>> = DIAGNOSTIC_CODES;

/** The stages of checking that report mistakes in a file; none if it has no mistakes. */
const stagesOf = async (text: string): Promise<readonly (string | undefined)[]> => {
  const result = await readPipeline({ file: 'savepoint.yml', bytes: Buffer.from(text) }, loadBelowRoot);
  return result.ok ? [] : [...new Set(result.error.map(({ code }) => codeStages[code]))];
};

/** The examples run in this folder, so paths of called files are relative to it. */
const loadBelowRoot: LoadFile = (file) => {
  const url = new URL(file, root);
  return Promise.resolve(existsSync(url) ? ok({ file, bytes: readFileSync(url) }) : err(`there is no ${file}`));
};

const filesBelow = (folder: string): readonly string[] => {
  const directory = new URL(folder, root);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:savepoint|pipeline)\.yml$/.test(file) && !file.includes('node_modules'))
    .map((file) => `${folder}${file}`);
};

test('the published schema is the one the field table makes; run "npm run schema" when it is not', () => {
  expect(published).toEqual(pipelineSchema());
});

test('every property tells an editor what it is for', () => {
  const schema = pipelineSchema() as { properties: object; definitions: { steps: { items: { properties: object } } } };
  const properties = { ...schema.properties, ...schema.definitions.steps.items.properties };
  for (const [name, value] of Object.entries(properties)) expect(value, name).toHaveProperty('description');
});

describe('the schema and the reader agree', () => {
  const cases = [...goldens('language/bad'), ...goldens('language/good'), ...errorExamples()];

  test.each(cases)('on $name', async ({ input }) => {
    const stages = await stagesOf(input);
    if (stages.includes('text')) return;
    expect(accepts(parse(input, { version: '1.2' })), JSON.stringify(accepts.errors)).toBe(
      !stages.includes('structure'),
    );
  });

  test.each(['savepoint.yml', ...filesBelow('examples/')].filter((file) => existsSync(new URL(file, root))))(
    'on the example %s',
    async (file) => {
      const text = readFileSync(new URL(file, root), 'utf8');
      expect(await stagesOf(text)).toEqual([]);
      expect(accepts(parse(text)), JSON.stringify(accepts.errors)).toBe(true);
    },
  );
});
