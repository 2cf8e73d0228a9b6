import type { FallbackName } from '../../language/model/pipeline.js';
import type { RunEvent } from '../../state/event.js';
import { isInFallback } from '../../state/in-fallback.js';
import { holdsSteps, type RunState } from '../../state/run-state.js';
import type { Annotation, Display } from '../../run/context/ports.js';
import { renderAnnotation } from '../../report/text/annotation-text.js';
import { interruptedText, type InterruptedAttempt } from '../../report/interrupted-attempt.js';
import { addedSteps, renderFlow } from '../../report/step/flow-lines.js';
import type { JobEnd } from '../../report/job-verdict.js';
import { createPrintingSteps, type PrintingStep, type PrintingSteps } from '../../report/step/printing-steps.js';
import { plainText } from '../../report/text/plain-text.js';
import { safeText } from '../../report/text/safe-text.js';
import { renderHeading, renderQuietSteps, renderStepResult, type QuietStep } from '../../report/step/step-lines.js';
import { createHeldAnnotations, isAnnotation } from './annotations.js';
import { writeEnding, writeVerdict } from './ending-text.js';
import { createJobLog, type JobLog, type LogOutlet } from './job-log.js';
import { createSecretMasks, type SecretMasks } from '../runner/secret-masks.js';

/** The display of a job: its log, and the annotations of the run. */
export type ActionDisplay = Display & {
  /** A line of ours that is no warning. */
  readonly note: (text: string) => void;
  /** Prints the table, the verdict, what waited for it, and what a re-run will do. */
  readonly finish: (end: Omit<JobEnd, 'elapsedMs' | 'interrupted'>) => void;
  /** That the attempt before was cut off, and was brought to its end now; undefined where it was not. */
  readonly interrupted: () => InterruptedAttempt | undefined;
  /** Says that nothing could run, and why: a text of several lines, and annotations at their places. */
  readonly refuse: (verdict: string, details: readonly string[], places: readonly Annotation[]) => void;
  /** Issues what waited for a verdict where there is none, as in `post`. */
  readonly issueHeld: () => void;
  /** How long this attempt took. */
  readonly elapsedMs: (state: RunState) => number;
  /** Everything that was warned of so far. */
  readonly warnings: () => readonly string[];
};

/**
 * Shows a run in the log of a job: a group for each step while steps run one after the other, lines with the name of
 * their step while they run side by side. Nobody may guess `stopToken`, which keeps output from commanding our step.
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
  /** Of the groups that steps print in. */
  readonly #titles = new Map<string, string>();
  readonly #warnings: string[] = [];
  #unsaid: QuietStep[] = [];
  #hasGroup = false;
  #position = 0;
  #total = 0;
  #startedAt = 0;
  #interrupted: InterruptedAttempt | undefined;

  constructor(out: LogOutlet, stopToken: string) {
    this.#log = createJobLog(out, stopToken);
    this.#paint = out.paint;
    this.#running = createPrintingSteps(out.paint, true);
    this.#masks = createSecretMasks((value) => this.#log.command('add-mask', value));
  }

  readonly event = (event: RunEvent, state: RunState): void => {
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
      case 'attempt_started':
        this.#log.nextStep();
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
        this.#startFallback(event);
        return;
      case 'fallback_finished':
        this.#goOn(event.step, event.fallback);
        return;
      case 'late_abortion':
        this.#interrupted = { steps: event.steps, hasCleanup: false };
        this.#log.line(interruptedText(event.steps));
        return;
      default: // Readers of the log see no change.
        return;
    }
  };

  readonly output = (step: string, chunk: Buffer): void => {
    const running = this.#running.get(step);
    running?.tail?.push(chunk);
    this.#sayUnsaid();
    this.#log.raw(running?.isPrefixed === true ? running.lines.take(chunk) : chunk);
  };

  readonly warning = (message: string, step?: string): void => {
    const text = step === undefined || message.includes(`"${step}"`) ? message : `${step}: ${message}`;
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

  readonly elapsedMs = ({ updatedAt }: RunState): number =>
    this.#startedAt === 0 ? 0 : Math.max(0, updatedAt - this.#startedAt);

  readonly refuse = (verdict: string, details: readonly string[], places: readonly Annotation[]): void => {
    for (const place of places) this.#held.ours(place);
    for (const line of details) this.#log.line(line);
    writeVerdict({ kind: 'error', message: verdict, properties: {} }, { log: this.#log, held: this.#held });
  };

  #begin(event: RunEvent, state: RunState): void {
    this.#startedAt = event.at;
    this.#position = 0;
    const attempt = event.attempt > 1 ? `, attempt ${String(event.attempt)}` : '';
    this.#log.line(`${this.#paint.bold(safeText(state.pipeline))} ${this.#paint.dim(`run ${event.run}${attempt}`)}`);
  }

  #start(step: string, state: RunState): void {
    const record = state.steps.get(step);
    if (record === undefined || holdsSteps(record)) return;
    this.#sayUnsaid();
    this.#position += 1;
    this.#log.nextStep();
    const heading = {
      position: Math.min(this.#position, this.#total),
      total: this.#total,
      name: record.name,
      ...(state.attempt > 1 && !isInFallback(step) && { because: record.because }),
    };
    if (this.#running.start(step)) {
      this.#closeGroup();
      this.#log.line(renderHeading(heading, this.#paint));
      return;
    }
    this.#titles.set(step, groupTitle(heading));
    this.#openGroup(groupTitle(heading));
  }

  #flow(event: RunEvent): void {
    this.#total += addedSteps(event);
    const line = renderFlow(event, this.#paint);
    if (line === undefined) return;
    this.#sayUnsaid();
    this.#log.line(line);
  }

  #startFallback(event: Extract<RunEvent, { readonly type: 'fallback_started' }>): void {
    const isCleanup = this.#startedAt === 0;
    if (this.#interrupted !== undefined && isCleanup) this.#interrupted = { ...this.#interrupted, hasCleanup: true };
    const owner = this.#running.get(event.step);
    if (owner !== undefined) {
      this.#log.raw(owner.lines.flush());
      owner.isPaused = true;
      if (!owner.isPrefixed) this.#closeGroup();
    }
    this.#flow(event);
  }

  /** A step whose first fallback has run prints on in a group of the same title. */
  #goOn(step: string, fallback: FallbackName): void {
    const owner = this.#running.get(step);
    if (owner === undefined) return;
    owner.isPaused = false;
    const title = this.#titles.get(step);
    if (fallback === 'on_started' && !owner.isPrefixed && title !== undefined) this.#openGroup(title);
  }

  #restore(step: string, because: string, state: RunState): void {
    const record = state.steps.get(step);
    if (record === undefined || holdsSteps(record)) return;
    this.#position += 1;
    this.#unsaid.push({ name: record.name, because, keptFrom: record.runAttempt });
  }

  #end(step: string, state: RunState): void {
    const running = this.#running.end(step);
    this.#titles.delete(step);
    if (running !== undefined) this.#log.raw(running.lines.flush());
    const wasGrouped = running?.isPrefixed === false;
    if (wasGrouped) this.#closeGroup();
    const record = state.steps.get(step);
    if (record === undefined || (record.status === 'succeeded' && holdsSteps(record))) return;
    this.#sayUnsaid();
    this.#log.line(renderStepResult(record, state, this.#paint));
    if (wasGrouped && record.status !== 'succeeded') this.#sayTail(running);
  }

  /** A group is folded: what failed must be seen without opening it. */
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

type GroupHeading = {
  readonly position: number;
  readonly total: number;
  readonly name: string;
  readonly because?: string;
};

const groupTitle = ({ position, total, name, because }: GroupHeading): string => {
  const why = because === undefined ? '' : ` (${safeText(because)})`;
  return `[${String(position)}/${String(total)}] ${safeText(name)}${why}`;
};
