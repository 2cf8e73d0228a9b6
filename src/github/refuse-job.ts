import type { Diagnostic } from '../language/diagnostic.js';
import { renderDiagnostics } from '../language/render-diagnostic.js';
import type { PipelineFile } from '../machine/pipeline-file.js';
import { plural } from '../report/step-counts.js';
import type { Annotation } from '../run/ports.js';
import type { ActionDisplay } from './action-display.js';
import { giveOutputs } from './job-environment.js';
import { refusedOutputs } from './job-outputs.js';

/** Says what is wrong with the inputs of the action; gives the exit code. */
export const refuseInputs = (problems: readonly string[], display: ActionDisplay): number => {
  const [first = '', ...others] = problems;
  if (others.length === 0) return refuse(first, { display });
  return refuse(`${plural(problems.length, 'mistake')} in the inputs of this step, nothing was run`, {
    display,
    places: problems.map((message) => ({ kind: 'error', message, properties: {} })),
  });
};

/** Says why nothing could run; gives the exit code. */
export const refuseRun = (message: string, display: ActionDisplay): number => refuse(message, { display });

/** Shows mistakes at their places in the pipeline file, or in the inputs of the pipeline; gives the exit code. */
export const refuseMistakes = (
  diagnostics: readonly Diagnostic[],
  source: PipelineFile | undefined,
  display: ActionDisplay,
): number => {
  const count = plural(diagnostics.length, 'mistake');
  if (source === undefined) {
    return refuse(diagnostics.map(messageOf).join('; '), { display });
  }
  return refuse(`${count} in ${source.file}, nothing was run`, {
    display,
    details: renderDiagnostics(diagnostics, source).split('\n'),
    places: diagnostics.map((diagnostic) => annotationOf(diagnostic, source)),
  });
};

/** A file that is not there is most often a checkout that is not there. */
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

const annotationOf = ({ message, code, position }: Diagnostic, { file }: PipelineFile): Annotation => ({
  kind: 'error',
  message: `${message} [${code}]`,
  properties: {
    file,
    ...(position !== undefined && { line: String(position.line), col: String(position.column) }),
  },
});
