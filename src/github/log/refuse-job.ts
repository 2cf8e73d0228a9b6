import type { Diagnostic } from '../../language/model/diagnostic.js';
import { renderDiagnostics } from '../../language/yaml/render-diagnostic.js';
import { plural } from '../../report/step/step-counts.js';
import type { Annotation } from '../../run/context/ports.js';
import type { ActionDisplay } from './action-display.js';
import { giveOutputs } from '../runner/job-environment.js';
import { refusedOutputs } from '../runner/job-outputs.js';

/** Says what is wrong with the inputs of the action; returns the exit code. */
export const refuseInputs = (problems: readonly string[], display: ActionDisplay): number => {
  const [first = '', ...others] = problems;
  if (others.length === 0) return refuse(first, { display });
  return refuse(`${plural(problems.length, 'mistake')} in the inputs of this step, nothing was run`, {
    display,
    places: problems.map((message) => ({ kind: 'error', message, properties: {} })),
  });
};

/** Says why nothing could run; returns the exit code. */
export const refuseRun = (message: string, display: ActionDisplay): number => refuse(message, { display });

/** Shows mistakes as annotations in the pipeline files, or as one message; returns the exit code. */
export const refuseMistakes = (diagnostics: readonly Diagnostic[], display: ActionDisplay): number => {
  const files = [...new Set(diagnostics.flatMap(({ file }) => (file === undefined ? [] : [file])))];
  if (files.length === 0) return refuse(diagnostics.map(messageOf).join('; '), { display });
  const named = files.length > MOST_NAMED ? plural(files.length, 'file') : files.join(', ');
  return refuse(`${plural(diagnostics.length, 'mistake')} in ${named}, nothing was run`, {
    display,
    details: renderDiagnostics(diagnostics).split('\n'),
    places: diagnostics.map(annotationOf),
  });
};

const MOST_NAMED = 3;

/** A missing file usually means that the checkout step is missing. */
const messageOf = ({ code, message }: Diagnostic): string =>
  code === 'file-not-found' ? `${message}; does actions/checkout run before this step?` : message;

type Refusal = {
  readonly display: ActionDisplay;
  readonly details?: readonly string[];
  readonly places?: readonly Annotation[];
};

const refuse = (verdict: string, { display, details = [], places = [] }: Refusal): number => {
  const outputs = giveOutputs(refusedOutputs({ status: 'none' }));
  if (!outputs.ok) display.warning(outputs.error);
  display.refuse(verdict, details, places);
  return 1;
};

const annotationOf = ({ message, code, file, position }: Diagnostic): Annotation => ({
  kind: 'error',
  message: `${message} [${code}]`,
  properties: {
    ...(file !== undefined && { file }),
    ...(position !== undefined && { line: String(position.line), col: String(position.column) }),
  },
});
