import type { RunEvent } from '../state/event.js';
import type { RunState, StepRecord } from '../state/run-state.js';
import { createOutputTail, type OutputTail } from '../run/output-tail.js';
import type { Annotation, Display } from '../run/ports.js';
import { renderAnnotation } from '../report/annotation-text.js';
import type { JobEnd } from '../report/job-verdict.js';
import { createLinePrefixer, type LinePrefixer } from '../report/line-prefix.js';
import { plainText } from '../report/plain-text.js';
import { safeText } from '../report/safe-text.js';
import { renderHeading, renderQuietSteps, renderStepResult, type QuietStep } from '../report/step-lines.js';
import { createHeldAnnotations, isAnnotation } from './annotations.js';
import { writeEnding, writeVerdict } from './ending-text.js';
import { createJobLog, type JobLog, type LogOutlet } from './job-log.js';
import { createSecretMasks, type SecretMasks } from './secret-masks.js';

/** The display of a job: its log, and the annotations of the run. */
export type ActionDisplay = Display & {
  /** A line of ours that is no warning. */
  readonly note: (text: string) => void;
  /** Prints the table, the verdict, what waited for it, and what a re-run will do. */
  readonly finish: (end: Omit<JobEnd, 'elapsedMs'>) => void;
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

type RunningStep = {
  readonly lines: LinePrefixer;
  readonly prefix: string;
  readonly tail: OutputTail;
  /** Once it ran beside another step, until it ends. */
  isPrefixed: boolean;
};

const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 20;
const KEPT_LISTED = 10;
const WARNINGS_KEPT = 1000;

class JobDisplay implements ActionDisplay {
  readonly #log: JobLog;
  readonly #paint: LogOutlet['paint'];
  readonly #masks: SecretMasks;
  readonly #held = createHeldAnnotations();
  readonly #running = new Map<string, RunningStep>();
  readonly #warnings: string[] = [];
  #unsaid: QuietStep[] = [];
  #hasGroup = false;
  #position = 0;
  #total = 0;
  #startedAt = 0;

  constructor(out: LogOutlet, stopToken: string) {
    this.#log = createJobLog(out, stopToken);
    this.#paint = out.paint;
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
      default:
        // What else is recorded changes nothing for a reader of the log.
        return;
    }
  };

  readonly output = (step: string, chunk: Buffer): void => {
    const running = this.#running.get(step);
    running?.tail.push(chunk);
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
      running?.tail.push(Buffer.from(`\n${line}\n`));
      this.#log.line(running?.isPrefixed === true ? `${running.prefix}${line}` : line);
    }
  };

  readonly secret = (value: string): void => this.#masks.add(value);

  readonly note = (text: string): void => this.#log.line(safeText(text));

  readonly warnings = (): readonly string[] => this.#warnings;

  readonly finish = (end: Omit<JobEnd, 'elapsedMs'>): void => {
    for (const running of this.#running.values()) this.#log.raw(running.lines.flush());
    this.#closeGroup();
    this.#sayUnsaid();
    writeEnding(
      { ...end, elapsedMs: this.elapsedMs(end.state) },
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
    this.#running.set(step, this.#newRunning(step));
    const heading = {
      position: Math.min(this.#position, this.#total),
      total: this.#total,
      name: record.name,
      ...(state.attempt > 1 && { because: record.because }),
    };
    if (this.#running.size > 1) {
      this.#closeGroup();
      for (const running of this.#running.values()) running.isPrefixed = true;
      this.#log.line(renderHeading(heading, this.#paint));
      return;
    }
    this.#log.command('group', groupTitle(heading));
    this.#hasGroup = true;
  }

  #newRunning(step: string): RunningStep {
    const prefix = `${this.#paint.reset}${this.#paint.cyan(`${step} |`)} `;
    return { prefix, lines: createLinePrefixer(prefix), tail: createOutputTail(TAIL_BYTES), isPrefixed: false };
  }

  #restore(step: string, because: string, state: RunState): void {
    const record = state.steps.get(step);
    if (record === undefined || holdsSteps(record)) return;
    this.#position += 1;
    this.#unsaid.push({ name: record.name, because, keptFrom: record.runAttempt });
  }

  #end(step: string, state: RunState): void {
    const running = this.#running.get(step);
    this.#running.delete(step);
    if (running !== undefined) this.#log.raw(running.lines.flush());
    const wasGrouped = running?.isPrefixed === false;
    if (wasGrouped) this.#closeGroup();
    const record = state.steps.get(step);
    if (record === undefined || (record.status === 'succeeded' && holdsSteps(record))) return;
    this.#sayUnsaid();
    this.#log.line(renderStepResult(record, state, this.#paint));
    if (wasGrouped && record.status !== 'succeeded') this.#sayTail(running.tail);
  }

  /** A group is folded: what failed must be seen without opening it. */
  #sayTail(tail: OutputTail): void {
    const lines = plainText(tail.lines()).split('\n');
    const shown = lines.filter((line) => line !== '').slice(-TAIL_LINES);
    for (const line of shown) this.#log.line(`  | ${line}`);
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

const holdsSteps = ({ kind }: StepRecord): boolean => kind === 'group' || kind === 'parallel';

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
