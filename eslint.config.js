import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const onlyAtTheEdge =
  'Only machine/, snapshot/, the hosts and the entries touch the process, time and chance; ask for a port.';
const edgeGlobals = ['process', 'console', 'performance', 'setTimeout', 'setInterval', 'setImmediate'];

export default defineConfig(
  { ignores: ['dist/', 'lib/', 'node_modules/', '**/.work/', '__tests__/data/', 'examples/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 300],
      'no-control-regex': 'off', // Terminals and masking deal in control characters.
      'no-else-return': 'error',
      'object-shorthand': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a closed union of strings.' },
        { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts', '__tests__/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'TSEnumDeclaration', message: 'Use a closed union of strings.' },
        { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
      ],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'max-lines-per-function': ['error', 60] } },
  {
    files: ['src/**/*.ts'],
    ignores: [
      ...['src/machine/**', 'src/snapshot/**', 'src/local/**', 'src/github/**'],
      ...['src/cli.ts', 'src/main.ts', 'src/store.ts'],
    ],
    rules: {
      'no-restricted-globals': ['error', ...edgeGlobals.map((name) => ({ name, message: onlyAtTheEdge }))],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: onlyAtTheEdge },
        { object: 'Math', property: 'random', message: onlyAtTheEdge },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'Buffer', 'setTimeout', 'clearTimeout', 'performance', 'fetch'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
