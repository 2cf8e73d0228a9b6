import type { Json } from '../../src/base/stable-json.js';
import { pathBelow } from '../../src/language/model/pipeline.js';
import type { RunEvent } from '../../src/state/event.js';

/** One line for an event, without the parts that differ from run to run; undefined for events that are left out. */
export const eventLine = (event: RunEvent): string | undefined => {
  switch (event.type) {
    case 'plan_made':
    case 'attempt_started':
    case 'checkpoint_saved':
    case 'checkpoint_failed':
      return undefined;
    case 'run_started':
    case 'run_resumed':
      return lineOf(event.type, Object.keys(event.inputs).length > 0 && event.inputs);
    case 'step_started':
      return lineOf(event.type, event.step, event.refresh && 'refresh');
    case 'attempt_failed':
      return lineOf(event.type, event.step, `try=${event.try}`, event.status, code(event), againIn(event.next_in_ms));
    case 'step_succeeded':
      return lineOf(event.type, event.step, some(event.outputs), warnings(event.warnings));
    case 'step_failed':
    case 'step_continue_on_error':
      return lineOf(event.type, event.step, event.status, code(event), some(event.outputs));
    case 'step_timed_out':
      return lineOf(event.type, event.step, code(event));
    case 'step_aborted':
      return lineOf(event.type, event.step, `by=${event.by}`);
    case 'step_skipped':
      return lineOf(event.type, event.step, event.held && 'held');
    case 'step_restored':
      return lineOf(event.type, event.step);
    case 'arm_chosen':
      return lineOf(event.type, event.step, event.arm);
    case 'loop_decided':
      return lineOf(event.type, event.step, String(event.iteration), event.goes_on ? 'goes on' : 'is over');
    case 'items_listed':
      return lineOf(
        event.type,
        event.step,
        event.items,
        event.from !== undefined && `from=${JSON.stringify(event.from)}`,
      );
    case 'fallback_started':
      return lineOf(event.type, pathBelow(event.step, event.fallback));
    case 'fallback_finished':
      return lineOf(event.type, pathBelow(event.step, event.fallback), event.status);
    case 'late_abortion':
      return lineOf(event.type, event.steps.join(' '));
    case 'run_succeeded':
      return lineOf(event.type, some(event.outputs), warnings(event.warnings));
    case 'run_failed':
      return lineOf(event.type, event.failed_step, warnings(event.warnings));
    case 'run_aborted':
      return lineOf(event.type, `by=${event.by}`, warnings(event.warnings));
  }
};

type Part = Json | false | undefined;

const lineOf = (...parts: readonly Part[]): string =>
  parts
    .filter((part) => part !== undefined && part !== false && part !== '')
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(' ');

const code = ({ exit_code }: { readonly exit_code?: number }): Part =>
  exit_code !== undefined && `exit_code=${exit_code}`;

const againIn = (ms: number | undefined): Part => ms !== undefined && `again in ${ms}ms`;

const some = (outputs: Readonly<Record<string, Json>> | undefined): Part =>
  outputs !== undefined && Object.keys(outputs).length > 0 && outputs;

const warnings = (lines: readonly string[] | undefined): Part =>
  lines !== undefined && lines.length > 0 && `warnings=${lines.length}`;
