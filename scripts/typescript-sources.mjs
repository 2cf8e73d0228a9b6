import { registerHooks } from 'node:module';

// Lets plain Node run our sources: it strips types by itself, but takes the `.js` in imports literally.
registerHooks({
  resolve: (specifier, context, next) => {
    const isOurs = specifier.startsWith('.') && context.parentURL?.includes('/src/') === true;
    return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
