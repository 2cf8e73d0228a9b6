// ECMA-48: control sequences, strings such as window titles and links, and two-character escapes.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*(?:[@-~]|$)|[\]PX^_].*?(?:\u0007|\u001b\\|$)|[ -/]*[0-~])/gs;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Output without escape sequences and control characters; of a line overwritten after `\r` only the last text. */
export const plainText = (output: string): string =>
  output
    .split(/\r?\n/)
    .map((line) => lastWritten(line.replace(ESCAPES, '')).replace(CONTROLS, ''))
    .join('\n');

const lastWritten = (line: string): string => {
  const whole = line.replace(/\r+$/, '');
  return whole.slice(whole.lastIndexOf('\r') + 1);
};
