import { registerHooks } from 'node:module';

// Lets plain Node run our sources: it strips types itself, but does not resolve `.js` in imports to `.ts` files.
registerHooks({
  resolve: (specifier, context, next) => {
    const parent = context.parentURL ?? '';
    const isOurs = specifier.startsWith('.') && parent.includes('/src/') && !parent.includes('/node_modules/');
    return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
