import { never } from '../../base/assert.js';
import type { RunEvent } from '../../state/event.js';
import { isInFallback } from '../../state/in-fallback.js';
import { holdsSteps, type RunState, type StepRecord } from '../../state/run-state.js';
import type { Annotation, Display } from '../../run/context/ports.js';
import { renderAnnotation } from '../../report/text/annotation-text.js';
import { renderEventLine } from '../../report/event-json.js';
import { interruptedText } from '../../report/interrupted-attempt.js';
import type { AbortSignalName } from '../../report/exit-code.js';
import { addedSteps, renderFlow } from '../../report/step/flow-lines.js';
import { createPrintingSteps, type PrintingStep, type PrintingSteps } from '../../report/step/printing-steps.js';
import { renderEnding, renderNothingToDo } from '../../report/run-ending.js';
import { safeText } from '../../report/text/safe-text.js';
import { renderHeading, renderQuietSteps, renderStepResult, type QuietStep } from '../../report/step/step-lines.js';

import { CLOSING_TABLE_LIMIT, renderTable } from '../../report/step/terminal-table.js';
import type { OutputOptions } from '../command-line/arguments.js';
import { createScreen, type Outlet, type Screen } from './screen.js';

/** How a run is shown. */
export type DisplayOptions = {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly output: Pick<OutputOptions, 'json' | 'loudness'>;
  /** The command line that does something with this run: `savepoint resume --work-dir x` for `resume`. */
  readonly commandLine: (words: string) => string;
};

/** What the display cannot see in the events. */
export type Finish = { readonly resumable: boolean; readonly signal?: AbortSignalName };

/** The display of a terminal. */
export type LiveDisplay = Display & {
  /** Prints the table and the ending. */
  readonly finish: (state: RunState, finish: Finish) => void;
  /** Says that a resume found nothing left to do. */
  readonly nothingToDo: (state: RunState) => void;
};

/**
 * Shows a run as it goes: on stdout, warnings on stderr.
 * With `json` stdout has the events and nothing else, and everything for people goes to stderr.
 */
export const createDisplay = (options: DisplayOptions): LiveDisplay => new TerminalDisplay(options);

const TAIL_LINES = 20;

class TerminalDisplay implements LiveDisplay {
  readonly #options: DisplayOptions;
  readonly #screen: Screen;
  readonly #aside: Screen;
  readonly #running: PrintingSteps;
  #unsaid: QuietStep[] = [];
  #position = 0;
  #total = 0;
  #startedAt = 0;
  /** What the last attempt ran when it was cut off, until that has been said. */
  #interrupted: readonly string[] | undefined;

  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#aside = createScreen(options.err);
    this.#screen = options.output.json ? this.#aside : createScreen(options.out);
    this.#running = createPrintingSteps(this.#screen.surface.paint, this.#isQuiet);
  }

  readonly event = (event: RunEvent, state: RunState): void => {
    if (this.#options.output.json) this.#options.out.write(renderEventLine(event));
    switch (event.type) {
      case 'run_started':
      case 'run_resumed':
        this.#begin(event, state);
        return;
      case 'plan_made':
        this.#total = event.to_run + event.to_restore;
        return;
      case 'step_started':
        this.#start(event.step, state);
        return;
      case 'step_skipped':
        this.#position += 1;
        this.#unsaid.push(event);
        return;
      case 'step_restored':
        this.#restore(event.step, event.because, state);
        return;
      case 'step_succeeded':
      case 'step_failed':
      case 'step_timed_out':
      case 'step_continue_on_error':
      case 'step_aborted':
        this.#end(event.step, state);
        return;
      case 'attempt_failed':
      case 'arm_chosen':
      case 'loop_decided':
      case 'items_listed':
        this.#flow(event);
        return;
      case 'fallback_started':
        this.#sayInterrupted('; its cleanup runs now');
        this.#pause(event.step, true);
        this.#flow(event);
        return;
      case 'fallback_finished':
        this.#pause(event.step, false);
        return;
      case 'late_abortion':
        this.#interrupted = event.steps;
        return;
      case 'attempt_started':
      case 'checkpoint_saved':
      case 'checkpoint_failed':
        return;
      case 'run_succeeded':
      case 'run_failed':
      case 'run_aborted':
        this.#sayUnsaid();
        this.#sayInterrupted('');
        return;
      default:
        never(event);
    }
  };

  readonly output = (step: string, chunk: Buffer): void => {
    const running = this.#running.get(step);
    running?.tail?.push(chunk);
    if (this.#isQuiet) return;
    this.#sayUnsaid();
    if (running?.isPrefixed === true) this.#screen.raw(running.lines.take(chunk));
    else this.#screen.raw(chunk);
  };

  readonly warning = (message: string, step?: string): void => {
    this.#screen.endLine();
    const { paint } = this.#aside.surface;
    const workDir = step === undefined || message.includes(`"${step}"`) ? '' : `${step}: `;
    this.#aside.line(`${paint.yellow('warning:')} ${workDir}${safeText(message)}`);
  };

  readonly annotation = (step: string, annotation: Annotation): void => {
    if (annotation.kind === 'debug' && !this.#isVerbose) return;
    const lines = renderAnnotation(annotation, this.#screen.surface.paint);
    const running = this.#running.get(step);
    for (const line of lines) running?.tail?.push(Buffer.from(`${line}\n`));
    if (this.#isQuiet) return;
    if (running?.isPrefixed === true) this.#screen.raw(running.lines.flush());
    for (const line of lines) this.#screen.line(running?.isPrefixed === true ? `${running.prefix}${line}` : line);
  };

  /** A terminal hides nothing by itself. */
  readonly secret = (): void => undefined;

  readonly finish = (state: RunState, { resumable, signal }: Finish): void => {
    this.#sayUnsaid();
    const { surface } = this.#screen;
    if (!this.#isQuiet) {
      this.#say(['', ...renderTable(state, surface, { limit: CLOSING_TABLE_LIMIT, paths: false }), '']);
    }
    const ending = {
      paint: surface.paint,
      elapsedMs: Math.max(0, state.updatedAt - this.#startedAt),
      resumable,
      commandLine: this.#options.commandLine,
    };
    this.#say(renderEnding(state, signal === undefined ? ending : { ...ending, signal }));
  };

  readonly nothingToDo = (state: RunState): void => {
    this.#screen.line(renderNothingToDo(state, this.#screen.surface.paint));
  };

  get #isQuiet(): boolean {
    return this.#options.output.loudness === 'quiet';
  }

  get #isVerbose(): boolean {
    return this.#options.output.loudness === 'verbose';
  }

  #begin(event: RunEvent, state: RunState): void {
    this.#startedAt = event.at;
    this.#position = 0;
    if (this.#isQuiet) return;
    const attempt = event.attempt > 1 ? `, attempt ${String(event.attempt)}` : '';
    const { paint } = this.#screen.surface;
    this.#screen.line(`${paint.bold(safeText(state.pipeline))} ${paint.dim(`run ${event.run}${attempt}`)}`);
  }

  #start(step: string, state: RunState): void {
    const record = state.steps.get(step);
    if (record === undefined || holdsSteps(record)) return;
    this.#position += 1;
    this.#running.start(step);
    if (this.#isQuiet) return;
    this.#sayUnsaid();
    const workDir = { position: Math.min(this.#position, this.#total), total: this.#total, name: record.name };
    const saysWhy = (state.attempt > 1 && !isInFallback(step)) || this.#isVerbose;
    this.#screen.line(
      renderHeading(saysWhy ? { ...workDir, because: record.because } : workDir, this.#screen.surface.paint),
    );
  }

  #flow(event: RunEvent): void {
    this.#total += addedSteps(event);
    const line = this.#isQuiet ? undefined : renderFlow(event, this.#screen.surface.paint);
    if (line === undefined) return;
    this.#sayUnsaid();
    this.#screen.line(line);
  }

  #pause(step: string, isPaused: boolean): void {
    const running = this.#running.get(step);
    if (running === undefined) return;
    this.#screen.raw(running.lines.flush());
    running.isPaused = isPaused;
  }

  /** Also where only failures are shown. */
  #sayInterrupted(more: string): void {
    if (this.#interrupted !== undefined) this.#screen.line(`${interruptedText(this.#interrupted)}${more}`);
    this.#interrupted = undefined;
  }

  #restore(step: string, because: string, state: RunState): void {
    const record = state.steps.get(step);
    if (record === undefined || holdsSteps(record)) return;
    this.#position += 1;
    this.#unsaid.push({ name: record.name, because, keptFrom: record.runAttempt });
  }

  #end(step: string, state: RunState): void {
    const running = this.#running.end(step);
    if (running !== undefined) this.#screen.raw(running.lines.flush());
    const record = state.steps.get(step);
    if (record === undefined || !this.#isWorthALine(record, running?.isPrefixed === true)) return;
    this.#sayUnsaid();
    this.#screen.line(renderStepResult(record, state, this.#screen.surface.paint));
    if (this.#isQuiet) this.#sayTail(running);
  }

  #isWorthALine(record: StepRecord, isPrefixed: boolean): boolean {
    if (this.#isQuiet) return record.status !== 'succeeded' && record.status !== 'aborted' && !holdsSteps(record);
    return record.status !== 'succeeded' || ((isPrefixed || this.#isVerbose) && !holdsSteps(record));
  }

  #sayTail(running: PrintingStep | undefined): void {
    const lines = (running?.tail?.lines() ?? '').split('\n').filter((line) => line !== '');
    this.#say(lines.slice(-TAIL_LINES).map((line) => `  | ${line}`));
  }

  #sayUnsaid(): void {
    if (this.#unsaid.length === 0) return;
    const steps = this.#unsaid;
    this.#unsaid = [];
    if (!this.#isQuiet) this.#say(renderQuietSteps(steps, this.#screen.surface.paint, this.#isVerbose));
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#screen.line(line);
  }
}
