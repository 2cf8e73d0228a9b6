import { never } from '../../base/assert.js';
import type { FallbackName } from '../../language/model/pipeline.js';
import type { RunEvent } from '../../state/event.js';
import { holdsSteps, type RunState, type StepRecord } from '../../state/run-state.js';
import type { Annotation, Display } from '../../run/context/ports.js';
import { renderAnnotation, warningText } from '../../report/text/annotation-text.js';
import { interruptedText, type InterruptedAttempt } from '../../report/interrupted-attempt.js';
import {
  elapsedMs,
  foldDisplay,
  newDisplayState,
  type DisplayItem,
  type DisplayState,
} from '../../report/fold-display.js';
import type { JobEnd } from '../../report/job-verdict.js';
import { createPrintingSteps, type PrintingStep, type PrintingSteps } from '../../report/step/printing-steps.js';
import { plainText } from '../../report/text/plain-text.js';
import { safeText } from '../../report/text/safe-text.js';
import {
  renderHeading,
  renderQuietSteps,
  renderRunHeading,
  renderStepResult,
  type Heading,
  type QuietStep,
} from '../../report/step/step-lines.js';
import { createHeldAnnotations, isAnnotation } from './annotations.js';
import { writeEnding, writeVerdict } from './ending-text.js';
import { createJobLog, type JobLog, type LogOutlet } from './job-log.js';
import { createSecretMasks, type SecretMasks } from '../runner/secret-masks.js';

/** The display of a job: its log and the annotations of the run. */
export type ActionDisplay = Display & {
  /** Prints a line that is not a warning. */
  readonly note: (text: string) => void;
  /** Prints the table, the verdict, the held annotations, and what a re-run will do. */
  readonly finish: (end: Omit<JobEnd, 'elapsedMs' | 'interrupted'>) => void;
  /** The previous attempt, if it was interrupted and this one ended it. */
  readonly interrupted: () => InterruptedAttempt | undefined;
  /** Says that nothing could run and why, with detail lines and annotations in the files. */
  readonly refuse: (verdict: string, details: readonly string[], places: readonly Annotation[]) => void;
  /** Issues the held annotations without a verdict, as in `post`. */
  readonly issueHeld: () => void;
  /** The duration of this attempt in milliseconds. */
  readonly elapsedMs: (state: RunState) => number;
  /** All warnings so far. */
  readonly warnings: () => readonly string[];
};

/**
 * Shows a run in the log of a job: a group for each step that runs alone, and lines prefixed with the step's path for
 * concurrent steps. `stopToken` must be a secret: it keeps step output from acting as workflow commands.
 */
export const createActionDisplay = (out: LogOutlet, stopToken: string): ActionDisplay => new JobDisplay(out, stopToken);

const TAIL_LINES = 20;
const KEPT_LISTED = 10;
const WARNINGS_KEPT = 1000;

class JobDisplay implements ActionDisplay {
  readonly #log: JobLog;
  readonly #paint: LogOutlet['paint'];
  readonly #masks: SecretMasks;
  readonly #held = createHeldAnnotations();
  readonly #running: PrintingSteps;
  /** Titles of the groups that steps print in, by step. */
  readonly #titles = new Map<string, string>();
  readonly #warnings: string[] = [];
  #unsaid: QuietStep[] = [];
  #hasGroup = false;
  #shown: DisplayState = newDisplayState(false);
  #interrupted: InterruptedAttempt | undefined;

  constructor(out: LogOutlet, stopToken: string) {
    this.#log = createJobLog(out, stopToken);
    this.#paint = out.paint;
    this.#running = createPrintingSteps(out.paint, true);
    this.#masks = createSecretMasks((value) => this.#log.command('add-mask', value));
  }

  readonly event = (event: RunEvent, state: RunState): void => {
    const { shown, items } = foldDisplay(this.#shown, event, state);
    this.#shown = shown;
    for (const item of items) this.#show(item, state);
  };

  readonly output = (step: string, chunk: Buffer): void => {
    const running = this.#running.get(step);
    running?.tail?.push(chunk);
    this.#sayUnsaid();
    this.#log.raw(running?.isPrefixed === true ? running.lines.take(chunk) : chunk);
  };

  readonly warning = (message: string, step?: string): void => {
    const text = warningText(message, step);
    if (this.#warnings.length < WARNINGS_KEPT) this.#warnings.push(text);
    const annotation: Annotation = { kind: 'warning', message: text, properties: {} };
    this.#held.ours(annotation);
    for (const line of renderAnnotation(annotation, this.#paint)) this.#log.line(line);
  };

  readonly annotation = (step: string, annotation: Annotation): void => {
    if (annotation.kind === 'debug') {
      this.#log.command('debug', annotation.message);
      return;
    }
    if (isAnnotation(annotation)) this.#held.printed(annotation);
    const running = this.#running.get(step);
    if (running?.isPrefixed === true) this.#log.raw(running.lines.flush());
    for (const line of renderAnnotation(annotation, this.#paint)) {
      running?.tail?.push(Buffer.from(`\n${line}\n`));
      this.#log.line(running?.isPrefixed === true ? `${running.prefix}${line}` : line);
    }
  };

  readonly secret = (value: string): void => this.#masks.add(value);

  readonly note = (text: string): void => this.#log.line(safeText(text));

  readonly warnings = (): readonly string[] => this.#warnings;

  readonly interrupted = (): InterruptedAttempt | undefined => this.#interrupted;

  readonly finish = (end: Omit<JobEnd, 'elapsedMs' | 'interrupted'>): void => {
    for (const running of this.#running.all()) this.#log.raw(running.lines.flush());
    this.#closeGroup();
    this.#sayUnsaid();
    writeEnding(
      {
        ...end,
        elapsedMs: this.elapsedMs(end.state),
        ...(this.#interrupted !== undefined && { interrupted: this.#interrupted }),
      },
      { log: this.#log, paint: this.#paint, held: this.#held },
    );
  };

  readonly issueHeld = (): void => {
    writeVerdict(undefined, { log: this.#log, held: this.#held });
  };

  readonly elapsedMs = (state: RunState): number => elapsedMs(this.#shown, state);

  readonly refuse = (verdict: string, details: readonly string[], places: readonly Annotation[]): void => {
    for (const place of places) this.#held.ours(place);
    for (const line of details) this.#log.line(line);
    writeVerdict({ kind: 'error', message: verdict, properties: {} }, { log: this.#log, held: this.#held });
  };

  #show(item: DisplayItem, state: RunState): void {
    switch (item.kind) {
      case 'run':
        this.#log.line(renderRunHeading(state, this.#paint));
        return;
      case 'step':
        this.#start(item.step, item.heading);
        return;
      case 'try':
        this.#log.nextStep();
        return;
      case 'quiet':
        this.#unsaid.push(item.step);
        return;
      case 'result':
        this.#end(item.step, state);
        return;
      case 'flow':
        this.#sayUnsaid();
        this.#log.line(this.#paint[item.paint](item.text));
        return;
      case 'pause':
        this.#pause(item.step);
        return;
      case 'unpause':
        this.#unpause(item.step, item.after);
        return;
      case 'interrupted':
        this.#interrupted = { steps: item.steps, hasCleanup: false };
        this.#log.line(interruptedText(item.steps));
        return;
      case 'cleanup':
        this.#interrupted = { steps: item.steps, hasCleanup: item.runs };
        return;
      case 'end': // Followed by `finish`.
        return;
      default:
        never(item);
    }
  }

  #start(step: string, heading: Heading): void {
    this.#sayUnsaid();
    this.#log.nextStep();
    if (this.#running.start(step)) {
      this.#closeGroup();
      this.#log.line(renderHeading(heading, this.#paint));
      return;
    }
    this.#titles.set(step, groupTitle(heading));
    this.#openGroup(groupTitle(heading));
  }

  #pause(step: string): void {
    const owner = this.#running.get(step);
    if (owner === undefined) return;
    this.#log.raw(owner.lines.flush());
    owner.isPaused = true;
    if (!owner.isPrefixed) this.#closeGroup();
  }

  /** After its `on_started`, a step continues in a group with the same title. */
  #unpause(step: string, fallback: FallbackName): void {
    const owner = this.#running.get(step);
    if (owner === undefined) return;
    owner.isPaused = false;
    const title = this.#titles.get(step);
    if (fallback === 'on_started' && !owner.isPrefixed && title !== undefined) this.#openGroup(title);
  }

  #end(record: StepRecord, state: RunState): void {
    const running = this.#running.end(record.path);
    this.#titles.delete(record.path);
    if (running !== undefined) this.#log.raw(running.lines.flush());
    const wasGrouped = running?.isPrefixed === false;
    if (wasGrouped) this.#closeGroup();
    if (record.status === 'succeeded' && holdsSteps(record)) return;
    this.#sayUnsaid();
    this.#log.line(renderStepResult(record, state, this.#paint));
    if (wasGrouped && record.status !== 'succeeded') this.#sayTail(running);
  }

  /** Groups are folded, so the end of a failed step's output is shown again below its group. */
  #sayTail({ tail }: PrintingStep): void {
    const lines = plainText(tail?.lines() ?? '').split('\n');
    const shown = lines.filter((line) => line !== '').slice(-TAIL_LINES);
    for (const line of shown) this.#log.line(`  | ${line}`);
  }

  #openGroup(title: string): void {
    this.#log.command('group', title);
    this.#hasGroup = true;
  }

  #closeGroup(): void {
    if (this.#hasGroup) this.#log.command('endgroup', '');
    this.#hasGroup = false;
  }

  #sayUnsaid(): void {
    if (this.#unsaid.length === 0) return;
    const isKept = ({ keptFrom }: QuietStep): boolean => keptFrom !== undefined;
    const kept = this.#unsaid.filter(isKept);
    const skipped = this.#unsaid.filter((step) => !isKept(step));
    this.#unsaid = [];
    for (const steps of [kept, skipped]) {
      for (const line of renderQuietSteps(steps, this.#paint, steps.length <= KEPT_LISTED)) this.#log.line(line);
    }
  }
}

const groupTitle = ({ position, total, name, because }: Heading): string => {
  const why = because === undefined ? '' : ` (${safeText(because)})`;
  return `[${String(position)}/${String(total)}] ${safeText(name)}${why}`;
};
