import { never } from '../../base/assert.js';
import type { Annotation } from '../../run/context/ports.js';
import type { Paint } from './paint.js';
import { safeLines, safeText } from './safe-text.js';

/** A workflow command as lines for people; empty for a command that shows nothing. */
export const renderAnnotation = (annotation: Annotation, paint: Paint): readonly string[] => {
  switch (annotation.kind) {
    case 'error':
      return messageLines(annotation, paint.red);
    case 'warning':
      return messageLines(annotation, paint.yellow);
    case 'notice':
      return messageLines(annotation, paint.cyan);
    case 'debug':
      return messageLines(annotation, paint.dim);
    case 'group':
      return [paint.bold(`▸ ${safeText(annotation.message)}`)];
    case 'endgroup':
      return [];
    default:
      return never(annotation.kind);
  }
};

const messageLines = (annotation: Annotation, colour: (text: string) => string): readonly string[] => {
  const [first = '', ...more] = safeLines(annotation.message);
  const place = placeOf(annotation.properties);
  const title = annotation.properties['title'];
  const said = [place, title === undefined ? '' : `${safeText(title)}:`, first].filter((part) => part !== '').join(' ');
  return [`${colour(`${annotation.kind}:`)} ${said}`, ...more.map((line) => `  ${line}`)];
};

const placeOf = ({ file, line, col }: Readonly<Record<string, string>>): string =>
  file === undefined
    ? ''
    : [file, line, col]
        .filter((part) => part !== undefined)
        .map(safeText)
        .join(':');

/** A warning with its step in front, unless the text already names it. */
export const warningText = (message: string, step: string | undefined): string =>
  step === undefined || message.includes(`"${step}"`) ? message : `${step}: ${message}`;
