import type { Masks } from './masks.js';
import { parseWorkflowCommand, type WorkflowCommand } from './workflow-command.js';

/** A message that GitHub shows next to the code and on the page of the run. */
export type Annotation = {
  readonly kind: 'error' | 'warning' | 'notice';
  /** With secrets masked, and shortened as the runner does it. */
  readonly message: string;
  /** As given: `title`, `file`, `line`, `endline`, `col`, `endcolumn`; names in lower case. */
  readonly properties: Readonly<Record<string, string>>;
};

/** How a step's log shows secrets and debug lines. */
export type LogOptions = { readonly masks: Masks; readonly debug: boolean };

const KNOWN_COMMANDS = [
  'stop-commands',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'add-path',
  'set-env',
  'set-output',
  'save-state',
  'debug',
  'warning',
  'error',
  'notice',
  'group',
  'endgroup',
  'echo',
];
const MAX_ANNOTATIONS_A_KIND = 10;
const MAX_MESSAGE_LENGTH = 4096;

/** The log of one step as the runner keeps it, and the effects of the commands in its output (`ActionCommandManager` in actions/runner). */
export class StepLog {
  readonly annotations: Annotation[] = [];
  readonly outputs = new Map<string, string>();
  readonly state = new Map<string, string>();
  /** Files of problem matchers that were added. */
  readonly matchers: string[] = [];
  /** Whether a command could not be executed, which fails the step. */
  hasFailed = false;
  readonly #lines: string[] = [];
  readonly #options: LogOptions;
  readonly #waiting = new Set<Waiting>();
  #stopToken: string | undefined;
  #echoes = false;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** The lines shown so far. */
  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** Settles when a line with that text is shown. */
  untilShown(text: string): Promise<void> {
    if (this.#lines.some((line) => line.includes(text))) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.add({ text, resolve, reject }));
  }

  /** Rejects all waits for lines that were never shown. */
  close(): void {
    for (const { text, reject } of this.#waiting) {
      reject(new Error(`the step ended without showing ${JSON.stringify(text)}:\n${this.text()}`));
    }
    this.#waiting.clear();
  }

  /** Takes a line of output. */
  take(line: string): void {
    const isKnown = (name: string): boolean => KNOWN_COMMANDS.includes(name) || name === this.#stopToken;
    const command = parseWorkflowCommand(line, isKnown);
    if (command === undefined) {
      this.show(line);
      return;
    }
    if (this.#stopToken !== undefined) {
      if (command.name === this.#stopToken) this.#stopToken = undefined;
      this.show(line);
      return;
    }
    if (this.#echoes && !SILENT_COMMANDS.includes(command.name)) this.show(line);
    const problem = this.#obey(command, line);
    if (problem === undefined) return;
    const shownAs = SILENT_COMMANDS.includes(command.name) ? command.name : line;
    this.fail(`Unable to process command '${shownAs}' successfully.`, problem);
  }

  /** Shows a line with secrets masked. */
  show(line: string): void {
    const shown = this.#options.masks.text(line);
    this.#lines.push(...shown.split('\n'));
    for (const waiting of this.#waiting) {
      if (!shown.includes(waiting.text)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }

  /** Adds an annotation and its line. */
  annotate(kind: Annotation['kind'], text: string, properties: Readonly<Record<string, string>> = {}): void {
    const message = this.#options.masks.text(text).slice(0, MAX_MESSAGE_LENGTH);
    const count = this.annotations.filter((annotation) => annotation.kind === kind).length;
    if (count < MAX_ANNOTATIONS_A_KIND) this.annotations.push({ kind, message, properties });
    if (message !== '') this.show(`##[${kind}]${message}`);
  }

  /** Errors of the runner that fail the step. */
  fail(...messages: readonly string[]): void {
    for (const message of messages) this.annotate('error', message);
    this.hasFailed = true;
  }

  /** Executes a command; returns a message if it cannot. */
  #obey({ name, properties, data }: WorkflowCommand, line: string): string | undefined {
    switch (name) {
      case 'stop-commands':
        return this.#stop(data, line);
      case 'add-mask':
        this.#mask(data);
        return undefined;
      case 'add-matcher':
        this.matchers.push(data);
        return undefined;
      case 'remove-matcher':
        return undefined;
      case 'set-env':
      case 'add-path':
        return `The \`${name}\` command is disabled. Please upgrade to using Environment Files.`;
      case 'set-output':
        return put(this.outputs, { name, key: properties['name'], data });
      case 'save-state':
        return put(this.state, { name, key: properties['name'], data });
      case 'error':
      case 'warning':
      case 'notice':
        this.annotate(name, data, properties);
        return undefined;
      case 'group':
      case 'endgroup':
        this.show(`##[${name}]${name === 'group' ? data : ''}`);
        return undefined;
      case 'echo':
        return this.#echo(data.trim().toLowerCase());
      default:
        if (this.#options.debug) this.show(`##[debug]${data}`);
        return undefined;
    }
  }

  #stop(token: string, line: string): string | undefined {
    const isRefused =
      token === '' || token.toLowerCase() === 'pause-logging' || KNOWN_COMMANDS.includes(token.toLowerCase());
    if (isRefused) return 'You cannot use a endToken that is an empty string or another workflow command.';
    this.#stopToken = token.toLowerCase();
    if (token.length > 6) this.#options.masks.add(token);
    this.show(line);
    return undefined;
  }

  #mask(secret: string): void {
    if (secret.trim() === '')
      this.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
    this.#options.masks.add(secret);
    for (const part of secret.split(/[\r\n]+/)) this.#options.masks.add(part.trim());
  }

  #echo(word: string): string | undefined {
    if (word !== 'on' && word !== 'off') return `Invalid echo command value. Current value is: '${word}'.`;
    this.#echoes = word === 'on';
    return undefined;
  }
}

type Waiting = { readonly text: string; readonly resolve: () => void; readonly reject: (reason: Error) => void };

/** Commands whose line is not shown, because it may hold a secret or is shown in another form. */
const SILENT_COMMANDS = ['add-mask', 'debug', 'warning', 'error', 'notice'];

type Entry = { readonly name: string; readonly key: string | undefined; readonly data: string };

const put = (map: Map<string, string>, { name, key, data }: Entry): string | undefined => {
  if (key === undefined || key === '') return `Required field 'name' is missing in ##[${name}] command.`;
  map.set(key, data);
  return undefined;
};
