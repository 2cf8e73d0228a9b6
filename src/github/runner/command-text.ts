/** The properties of a workflow command: `{file: 'a.ts', line: '3'}`. */
export type CommandProperties = Readonly<Record<string, string>>;

/** Renders a workflow command; escapes like `@actions/core`, so that no value can end it or start another one. */
export const renderCommand = (name: string, message: string, properties: CommandProperties = {}): string => {
  const pairs = Object.entries(properties)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name}${pairs.length > 0 ? ` ${pairs.join(',')}` : ''}::${escapeData(message)}\n`;
};

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
