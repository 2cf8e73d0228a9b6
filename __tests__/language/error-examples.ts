import { readFileSync } from 'node:fs';

/** A file that `docs/errors.md` shows under a code. */
export type ErrorExample = { readonly name: string; readonly input: string };

/** The text of `docs/errors.md`. */
export const errorsPage = (): string => readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The codes on that page, in its order. */
export const documentedCodes = (): readonly string[] =>
  [...errorsPage().matchAll(/^### `(.+)`$/gm)].map(([, code]) => code ?? '');

/** Every example on that page. */
export const errorExamples = (): readonly ErrorExample[] =>
  [...errorsPage().matchAll(/^### `(.+)`\n\n[^#]+?\n\n```yaml\n([^]*?\n)```$/gm)].map(([, name, input]) => ({
    name: name ?? '',
    input: input ?? '',
  }));
