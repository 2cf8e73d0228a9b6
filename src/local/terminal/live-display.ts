import { never } from '../../base/assert.js';
import type { RunEvent } from '../../state/event.js';
import { holdsSteps, type RunState, type StepRecord } from '../../state/run-state.js';
import type { Annotation, Display } from '../../run/context/ports.js';
import { renderAnnotation, warningText } from '../../report/text/annotation-text.js';
import { renderEventLine } from '../../report/event-json.js';
import { interruptedText } from '../../report/interrupted-attempt.js';
import type { AbortSignalName } from '../../report/exit-code.js';
import {
  elapsedMs,
  foldDisplay,
  newDisplayState,
  type DisplayItem,
  type DisplayState,
} from '../../report/fold-display.js';
import { createPrintingSteps, type PrintingStep, type PrintingSteps } from '../../report/step/printing-steps.js';
import { renderEnding, renderNothingToDo } from '../../report/run-ending.js';
import { safeText } from '../../report/text/safe-text.js';
import {
  renderHeading,
  renderQuietSteps,
  renderRunHeading,
  renderStepResult,
  type QuietStep,
} from '../../report/step/step-lines.js';
import { CLOSING_TABLE_LIMIT, renderTable } from '../../report/step/terminal-table.js';
import type { OutputOptions } from '../command-line/arguments.js';
import { createScreen, type Outlet, type Screen } from './screen.js';

/** How a run is shown. */
export type DisplayOptions = {
  readonly out: Outlet;
  readonly err: Outlet;
  readonly output: Pick<OutputOptions, 'json' | 'loudness'>;
  /** The command line for this run: `savepoint resume --work-dir x` for `resume`. */
  readonly commandLine: (words: string) => string;
};

/** Facts about the end of a run that are not in its events. */
export type Finish = { readonly resumable: boolean; readonly signal?: AbortSignalName };

/** The display of a run on a terminal. */
export type LiveDisplay = Display & {
  /** Prints the table and the ending. */
  readonly finish: (state: RunState, finish: Finish) => void;
  /** Says that a resume found nothing left to do. */
  readonly nothingToDo: (state: RunState) => void;
};

/**
 * Shows a run live on stdout, with warnings on stderr.
 * With `json`, stdout has only the events, and everything for people goes to stderr.
 */
export const createDisplay = (options: DisplayOptions): LiveDisplay => new TerminalDisplay(options);

const TAIL_LINES = 20;

class TerminalDisplay implements LiveDisplay {
  readonly #options: DisplayOptions;
  readonly #screen: Screen;
  readonly #aside: Screen;
  readonly #running: PrintingSteps;
  #shown: DisplayState;
  #unsaid: QuietStep[] = [];

  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#aside = createScreen(options.err);
    this.#screen = options.output.json ? this.#aside : createScreen(options.out);
    this.#shown = newDisplayState(this.#isVerbose);
    this.#running = createPrintingSteps(this.#screen.surface.paint, this.#isQuiet);
  }

  readonly event = (event: RunEvent, state: RunState): void => {
    if (this.#options.output.json) this.#options.out.write(renderEventLine(event));
    const { shown, items } = foldDisplay(this.#shown, event, state);
    this.#shown = shown;
    for (const item of items) this.#show(item, state);
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
    this.#aside.line(`${paint.yellow('warning:')} ${safeText(warningText(message, step))}`);
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

  /** Unlike GitHub's log, a terminal does not mask secrets. */
  readonly secret = (): void => undefined;

  readonly finish = (state: RunState, { resumable, signal }: Finish): void => {
    this.#sayUnsaid();
    const { surface } = this.#screen;
    if (!this.#isQuiet) {
      this.#say(['', ...renderTable(state, surface, { limit: CLOSING_TABLE_LIMIT, paths: false }), '']);
    }
    const ending = {
      paint: surface.paint,
      elapsedMs: elapsedMs(this.#shown, state),
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

  #show(item: DisplayItem, state: RunState): void {
    switch (item.kind) {
      case 'run':
        if (!this.#isQuiet) this.#screen.line(renderRunHeading(state, this.#screen.surface.paint));
        return;
      case 'step':
        this.#running.start(item.step);
        this.#sayUnlessQuiet(renderHeading(item.heading, this.#screen.surface.paint));
        return;
      case 'quiet':
        this.#unsaid.push(item.step);
        return;
      case 'result':
        this.#end(item.step, state);
        return;
      case 'flow':
        this.#sayUnlessQuiet(this.#screen.surface.paint[item.paint](item.text));
        return;
      case 'pause':
      case 'unpause':
        this.#pause(item.step, item.kind === 'pause');
        return;
      case 'cleanup': // Also with --quiet.
        this.#screen.line(`${interruptedText(item.steps)}${item.runs ? '; its cleanup runs now' : ''}`);
        return;
      case 'end':
        this.#sayUnsaid();
        return;
      case 'try':
      case 'interrupted':
        return;
      default:
        never(item);
    }
  }

  #sayUnlessQuiet(line: string): void {
    if (this.#isQuiet) return;
    this.#sayUnsaid();
    this.#screen.line(line);
  }

  #pause(step: string, isPaused: boolean): void {
    const running = this.#running.get(step);
    if (running === undefined) return;
    this.#screen.raw(running.lines.flush());
    running.isPaused = isPaused;
  }

  #end(record: StepRecord, state: RunState): void {
    const running = this.#running.end(record.path);
    if (running !== undefined) this.#screen.raw(running.lines.flush());
    if (!this.#isWorthALine(record, running?.isPrefixed === true)) return;
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
