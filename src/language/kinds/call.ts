import { didYouMean } from '../../base/suggest.js';
import { isTemplate } from '../../expressions/template-text.js';
import { ruled } from '../fields/shape.js';
import * as shared from '../fields/shared-fields.js';
import { NOT_BLANK } from '../fields/text-rules.js';
import type { CalledFile } from '../read/called-file.js';
import { calledPath, UNREAD } from '../read/called-path.js';
import { NO_NAMES, templatesField, type Fields } from '../read/field-values.js';
import { readCallInput } from '../read/inputs.js';
import type { CallStep, InputSpec } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import { NO_DEFAULTS, readDefaults, withMutex } from '../read/read-defaults.js';
import { readBase } from '../read/read-step.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';
import type { Entry, YamlNode } from '../yaml/yaml-tree.js';
import type { KindRow } from './kind-row.js';

/** `pipeline: ./other.yml`; its outputs are those of that file. */
export const CALL: KindRow<'pipeline'> = {
  word: 'called pipeline',
  marks: [
    {
      name: 'pipeline',
      isKind: true,
      shape: ruled(NOT_BLANK),
      callsFile: true,
      about: 'A call of another pipeline file; its path, relative to the workspace.',
    },
  ],
  fields: [{ name: 'with', shape: shared.given, about: 'Inputs of the other pipeline; values may contain ${{ }}.' }],
  choosesByIf: false,
  read: (point, fields, reading) => readCall(point, fields, reading),
  gives: 'outputs',
  declaredOutputs: ({ called }) =>
    called === UNREAD
      ? undefined
      : { names: Object.keys(called.outputs), where: `the "outputs" of ${quote(called.file)}` },
};

/** The called file has been read before. */
const readCall = (point: StepPoint, fields: Fields, reading: Reading): CallStep => {
  const node = fields.get('pipeline')?.value ?? point.node;
  const file = calledPath(node, reading.mistakes);
  const called = file === undefined ? undefined : reading.called.get(file);
  if (called !== undefined) {
    checkInputs({ node, called, given: fields.get('with')?.value }, reading);
    noteMutexes({ node, called, held: withMutex(point.defaults, fields).mutexes }, reading);
  }
  const { viewer } = point;
  const { shell, workingDirectory } = readDefaults(
    fields,
    { outer: NO_DEFAULTS, viewer, place: 'container-directory' },
    reading,
  );
  return {
    ...readBase(point, { fields, script: '' }, reading),
    kind: 'pipeline',
    ...(shell !== undefined && { shell }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    with: templatesField(fields.get('with')?.value, { place: 'step', viewer: point.viewer }, reading),
    called: called?.pipeline ?? UNREAD,
    outputs: called?.pipeline.outputs ?? NO_NAMES,
  };
};

type Call = { readonly node: YamlNode; readonly called: CalledFile };

/** Checks literal values; values with expressions are checked when the step starts. */
const checkInputs = (
  { node, called, given }: Call & { readonly given: YamlNode | undefined },
  reading: Reading,
): void => {
  const { mistakes } = reading;
  const { inputs, file } = called.pipeline;
  const entries = given?.kind === 'map' ? given.entries : [];
  const specs = new Map(inputs.map((spec) => [spec.name, spec]));
  for (const entry of entries) {
    const spec = specs.get(entry.key);
    if (spec === undefined) mistakes.add('unknown-input', entry, unknownInput(entry.key, file, [...specs.keys()]));
    else checkLiteral(entry, spec, reading);
  }
  for (const { name, required, default: otherwise } of inputs) {
    if (!required || otherwise !== undefined || entries.some(({ key }) => key === name)) continue;
    mistakes.add('missing-input', node, `${quote(file)} requires the input ${quote(name)}; give it a value in "with"`);
  }
};

const unknownInput = (name: string, file: string, known: readonly string[]): string => {
  const declared = known.length === 0 ? 'none' : known.join(', ');
  return `${quote(file)} declares no input ${quote(name)}${didYouMean(name, known) || `; it declares ${declared}`}`;
};

const checkLiteral = ({ value }: Entry, spec: InputSpec, { mistakes }: Reading): void => {
  if (value.kind !== 'scalar' || (typeof value.value === 'string' && isTemplate(value.value))) return;
  const read = readCallInput(spec, value.value);
  if (read.ok) return;
  const isUnquoted = spec.type === 'string' && value.value !== null && typeof value.value !== 'string';
  mistakes.add('bad-input', value, `${read.error.message}${isUnquoted ? '; put it in quotes' : ''}`);
};

/** Notes nestings, because mutexes around a call are held while steps of the called file wait for theirs. */
const noteMutexes = (
  { node, called, held }: Call & { readonly held: readonly string[] },
  { mistakes, mutexNestings }: Reading,
): void => {
  if (held.length === 0) return;
  for (const wanted of called.mutexes.wanted) {
    if (!held.includes(wanted)) mutexNestings.push({ node, wanted, held });
    else {
      const message = `${quote(called.pipeline.file)} wants the mutex ${quote(wanted)}, which is held around this call, so it would wait forever`;
      mistakes.add('nested-mutex', node, message);
    }
  }
};
