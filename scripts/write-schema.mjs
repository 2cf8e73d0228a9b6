// Writes schema/savepoint.schema.json from the field table that validates; run it with Node 24, which strips types.
import { writeFileSync } from 'node:fs';
import prettier from 'prettier';
import './typescript-sources.mjs';

const { pipelineSchema } = await import('../src/language/structure/json-schema.ts');
const target = new URL('../schema/savepoint.schema.json', import.meta.url);
const style = await prettier.resolveConfig(target);
writeFileSync(target, await prettier.format(JSON.stringify(pipelineSchema()), { ...style, parser: 'json' }));
