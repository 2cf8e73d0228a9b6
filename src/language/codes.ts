/**
 * Every diagnostic code of this folder, with what can see the mistake.
 * - `text`: the bytes or the YAML itself; there is nothing yet that a schema could look at.
 * - `structure`: the published JSON Schema rejects it too.
 * - `meaning`: beyond what a schema can say.
 * - `input`: a value given from outside, not the file.
 */
export const DIAGNOSTIC_CODES = {
  'file-too-large': 'text',
  'not-utf8': 'text',
  'control-character': 'text',
  'yaml-syntax': 'text',
  'many-documents': 'text',
  'empty-file': 'text',
  'too-deep': 'text',
  'duplicate-key': 'text',
  'unknown-anchor': 'text',
  'alias-inside-itself': 'text',
  'too-many-aliases': 'text',
  'wrong-type': 'structure',
  'wrong-value': 'structure',
  'missing-key': 'structure',
  'unknown-key': 'structure',
  'misplaced-key': 'structure',
  'not-supported-yet': 'structure',
  'uses-not-allowed': 'structure',
  'two-spellings': 'structure',
  'no-kind': 'structure',
  'two-kinds': 'structure',
  'empty-list': 'structure',
  'empty-text': 'structure',
  'bad-id': 'structure',
  'bad-name': 'structure',
  'bad-duration': 'structure',
  'expression-not-allowed': 'structure',
  'expression-in-script': 'structure',
  'duplicate-id': 'meaning',
  'shadowed-id': 'meaning',
  'unknown-need': 'meaning',
  'needs-itself': 'meaning',
  cycle: 'meaning',
  'duration-out-of-range': 'meaning',
  'bad-path': 'meaning',
  'bad-shell': 'meaning',
  'nested-mutex': 'meaning',
  'duplicate-input': 'meaning',
  'bad-default': 'meaning',
  'bad-expression': 'meaning',
  'misplaced-function': 'meaning',
  'misplaced-context': 'meaning',
  'computed-name': 'meaning',
  'unknown-step': 'meaning',
  'not-upstream': 'meaning',
  'unknown-property': 'meaning',
  'unknown-output': 'meaning',
  'undeclared-input': 'meaning',
  'too-many-mistakes': 'meaning',
  'unknown-input': 'input',
  'missing-input': 'input',
  'bad-input': 'input',
} as const;

/** The stable name of a kind of mistake; each has an entry in `docs/errors.md`. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
