import { registerHooks } from 'node:module';
import '../scripts/typescript-sources.mjs';

// Lets plain Node run the shared test helpers, as typescript-sources.mjs does for the sources.
registerHooks({
  resolve: (specifier, context, next) => {
    const isShared = specifier.startsWith('.') && (context.parentURL ?? '').includes('/__tests__/rig/');
    return next(isShared ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
