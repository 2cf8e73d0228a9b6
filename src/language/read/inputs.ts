import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { didYouMean } from '../../base/suggest.js';
import type { DiagnosticCode } from '../model/codes.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { InputSpec, InputValues, Pipeline } from '../model/pipeline.js';
import { quote } from '../model/quote.js';

type Value = Result<Json, Diagnostic>;

/**
 * The value of every declared input: the given one, else the one from an earlier start of the run, else the default, else
 * GitHub's empty value for its type. Reports every input that is unknown, missing or of the wrong type.
 */
export const readInputs = (
  { inputs }: Pipeline,
  given: Readonly<Record<string, string>>,
  remembered: InputValues,
): Result<InputValues, readonly Diagnostic[]> => {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => mistake('unknown-input', `unknown input ${quote(name)}${didYouMean(name, names) || known(names)}`));
  const values = inputs.map((spec) => ({ name: spec.name, value: valueOf(spec, given, remembered) }));
  const mistakes = [...unknown, ...values.flatMap(({ value }) => (value.ok ? [] : [value.error]))];
  if (mistakes.length > 0) return err(mistakes);
  return ok(Object.fromEntries(values.flatMap(({ name, value }) => (value.ok ? [[name, value.value]] : []))));
};

/**
 * The value of every declared input of a called pipeline: the one the call gives, else the default, else GitHub's empty
 * value for its type. Text for a number or a boolean is parsed as on the command line. The error names each input that is
 * missing or of the wrong type.
 */
export const readCallInputs = (
  specs: readonly InputSpec[],
  given: Readonly<Record<string, Json>>,
): Result<InputValues> => {
  const values = specs.map((spec) => {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name] : undefined;
    return { name: spec.name, value: value === undefined ? absent(spec) : readCallInput(spec, value) };
  });
  const faults = values.flatMap(({ value }) => (value.ok ? [] : [value.error.message]));
  if (faults.length > 0) return err(faults.join('; '));
  return ok(Object.fromEntries(values.flatMap(({ name, value }) => (value.ok ? [[name, value.value]] : []))));
};

/** The value that a call gives for one input, checked as in `readCallInputs`. */
export const readCallInput = (spec: InputSpec, value: Json): Result<Json, Diagnostic> => {
  if (typeof value === 'string') return checkAllowed(spec, parseText(spec, value));
  return checkAllowed(spec, typeof value === spec.type ? ok(value) : badValue(spec, value));
};

const mistake = (code: DiagnosticCode, message: string): Diagnostic => ({ code, message });

const known = (names: readonly string[]): string =>
  names.length === 0 ? '; the pipeline declares none' : `; the pipeline declares ${names.join(', ')}`;

const valueOf = (spec: InputSpec, given: Readonly<Record<string, string>>, remembered: InputValues): Value => {
  const { name } = spec;
  const text = Object.hasOwn(given, name) ? given[name] : undefined;
  if (text !== undefined) return checkAllowed(spec, parseText(spec, text));
  const before = Object.hasOwn(remembered, name) ? remembered[name] : undefined;
  if (before !== undefined)
    return checkAllowed(spec, typeof before === spec.type ? ok(before) : badValue(spec, before));
  return absent(spec);
};

const absent = ({ name, type, required, default: otherwise }: InputSpec): Value => {
  if (otherwise !== undefined) return ok(otherwise);
  if (required) return err(mistake('missing-input', `the input ${quote(name)} is required and was not given`));
  return ok(EMPTY[type]);
};

const EMPTY: Readonly<Record<InputSpec['type'], Json>> = { string: '', number: 0, boolean: false };

const parseText = (spec: InputSpec, text: string): Value => {
  if (spec.type === 'string') return ok(text);
  if (spec.type === 'boolean') return text === 'true' || text === 'false' ? ok(text === 'true') : badValue(spec, text);
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? ok(number) : badValue(spec, text);
};

const WANTED: Readonly<Record<InputSpec['type'], string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

const badValue = ({ name, type }: InputSpec, found: Json): Value =>
  err(mistake('bad-input', `the input ${quote(name)} must be ${WANTED[type]}, found ${inWords(found)}`));

const checkAllowed = (spec: InputSpec, value: Value): Value => {
  if (!value.ok || spec.enum === undefined || spec.enum.some((each) => each === value.value)) return value;
  const allowed = spec.enum.join(', ');
  const found = inWords(value.value);
  return err(mistake('bad-input', `the input ${quote(spec.name)} must be one of ${allowed}, found ${found}`));
};

const inWords = (value: Json): string =>
  value === null ? 'nothing' : quote(typeof value === 'string' ? value : JSON.stringify(value));
