/** A command and its output on the screen. */
export type Exchange = { readonly command: string; readonly output: string };

/** In a page, stands for lines that are left out. */
const LEFT_OUT = '…';

/** The commands of a `console` block with the output that the page shows. */
export const readTranscript = (text: string): readonly Exchange[] => {
  const [before = '', ...parts] = `\n${text}`.split('\n$ ');
  if (before !== '') throw new Error(`a console block begins with a command, not with "${before.trim()}"`);
  return parts.map((part) => {
    const [command = '', ...output] = part.split('\n');
    return { command, output: output.join('\n').trimEnd() };
  });
};

/** Output without the parts that differ from run to run, and without the spaces that depend on them. */
export const comparable = (output: string): string =>
  output
    .replaceAll(/\d{8}-\d{6}-[a-z0-9]{4}/g, '<run id>')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| UTC)/g, '<time>')
    .replaceAll(/"(at|duration_ms|pid)":\d+/g, '"$1":<number>')
    .replaceAll(/\d+\.\ds\b/g, '<duration>')
    .replaceAll(/\b[0-9a-f]{32,}\b/g, '<digest>')
    .replaceAll(/\b\d+\.[0-9a-f]{8}\b/g, '<process start>')
    .replaceAll(/(process) \d+/g, '$1 <id>')
    .replaceAll(/^bash: line \d+: +\d+ (Killed) .*$/gm, '$1')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ $/gm, '')
    .trimEnd();

/** Whether output matches a page, where a line `…` stands for any lines. */
export const isShown = (shown: string, actual: string): boolean => {
  const lines = comparable(shown)
    .split('\n')
    .map((line) => (line === LEFT_OUT ? '(?:.*\\n)*?' : `${escape(line)}\\n`));
  return new RegExp(`^${lines.join('')}$`).test(`${comparable(actual)}\n`);
};

/** Whether a page leaves lines out, so that only a person can rewrite it. */
export const leavesOut = (shown: string): boolean => shown.split('\n').includes(LEFT_OUT);

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
