/**
 * A name in the workspace as raw bytes, one character per byte: relative, without leading `./` or trailing slash, empty for
 * the workspace itself.
 */
export type ByteName = string;

/** The name for a path in the workspace; one that leads out of it stays recognisable. */
export const fromPath = (path: Buffer): ByteName => plainName(path.toString('latin1'));

/** The path of a name, relative to the workspace. */
export const toPath = (name: ByteName): Buffer => Buffer.from(name, 'latin1');

/** The name for a text, such as a path in a pipeline file. */
export const fromText = (text: string): ByteName => fromPath(Buffer.from(text));

/** A name for display; bytes that are not UTF-8 become replacement characters. */
export const displayName = (name: ByteName): string => (name === '' ? '.' : toPath(name).toString());

/** The name for a path whose characters are already bytes. */
export const plainName = (path: string): ByteName => {
  const local = path.startsWith('./') ? path.slice(2) : path;
  let end = local.length;
  while (end > 1 && local[end - 1] === '/') end -= 1;
  const name = local.slice(0, end);
  return name === '.' ? '' : name;
};

/** The folders above a name, outermost first, without the workspace. */
export const ancestorsOf = (name: ByteName): readonly ByteName[] => {
  const found: ByteName[] = [];
  for (let at = name.indexOf('/'); at !== -1; at = name.indexOf('/', at + 1)) found.push(name.slice(0, at));
  return found;
};

/** The name of the parent folder; empty for the top. */
export const parentOf = (name: ByteName): ByteName => name.slice(0, Math.max(0, name.lastIndexOf('/')));

/** The name of an entry of a folder. */
export const nameWithin = (folder: ByteName, entry: string): ByteName => (folder === '' ? entry : `${folder}/${entry}`);
