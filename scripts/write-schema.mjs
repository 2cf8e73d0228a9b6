// Writes schema/savepoint.schema.json from the field table that validates; run it with Node 24, which strips types.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import prettier from 'prettier';

// The sources import each other by the names they have once compiled.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier.startsWith('.') && /\/src\//.test(context.parentURL ?? '')
        ? specifier.replace(/\.js$/, '.ts')
        : specifier,
      context,
    ),
});

const { pipelineSchema } = await import('../src/language/json-schema.ts');
const target = new URL('../schema/savepoint.schema.json', import.meta.url);
const style = await prettier.resolveConfig(target);
writeFileSync(target, await prettier.format(JSON.stringify(pipelineSchema()), { ...style, parser: 'json' }));
