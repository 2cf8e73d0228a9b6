import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { evaluateTemplate } from '../../expressions/evaluate.js';
import { isTemplate } from '../../expressions/template-text.js';
import type { Template } from '../../language/model/pipeline.js';
import { mergeLayers, withLayer, type Frame } from '../../evaluate/context/export-frame.js';
import { scopeAt, type ListScope, type StatusView } from '../../evaluate/context/step-context.js';
import { withholdSecrets, type StorableValues } from './holds-secret.js';
import type { Ending, RunContext } from './run-context.js';

/** A list that has ended, as declared outputs see it. */
export type EndedList = { readonly list: ListScope; readonly frame: Frame; readonly endings: readonly Ending[] };

/** Evaluates declared outputs against the steps of a list, its env and its steps' exports. */
export const evaluateOutputs = (
  templates: Readonly<Record<string, Template>>,
  { list, frame, endings }: EndedList,
  { live, flatten }: RunContext,
): Result<Readonly<Record<string, Json>>> => {
  const env = (): Readonly<Record<string, string>> =>
    flatten(withLayer(frame, mergeLayers(endings.map(({ layers }) => layers.live)))).env;
  const scope = scopeAt({ list, env, status: ALL_WELL }, live);
  const outputs: [string, Json][] = [];
  for (const [name, template] of Object.entries(templates)) {
    const value = isTemplate(template) ? evaluateTemplate(template, scope) : ok(template);
    if (!value.ok) return err(`outputs.${name}: ${value.error}`);
    outputs.push([name, value.value]);
  }
  return ok(Object.fromEntries(outputs));
};

/** The values of the status functions when nothing has failed. */
export const ALL_WELL: StatusView = { success: true, failure: false };

/** Separates the outputs that hold a secret, with a warning that names them. `owner` declares the outputs. */
export const withholdOutputs = (
  owner: string,
  outputs: Readonly<Record<string, Json>>,
  { masker, recorder }: RunContext,
): StorableValues => {
  const storable = withholdSecrets(outputs, masker);
  if (storable.withheld.length > 0) {
    recorder.warn(`these outputs of ${owner} hold a secret and are not stored: ${storable.withheld.join(', ')}`);
  }
  return storable;
};
