/** A part of a log that GitHub shows folded. */
export type LogGroup = { readonly title: string; readonly lines: readonly string[] };

/** The groups of a log in order. They do not nest: a new one ends the one before. */
export const groupsOf = (log: string): readonly LogGroup[] => {
  const groups: { title: string; lines: string[] }[] = [];
  let isOpen = false;
  for (const line of log.split('\n')) {
    if (line.startsWith('##[group]')) {
      groups.push({ title: line.slice('##[group]'.length), lines: [] });
      isOpen = true;
    } else if (line.startsWith('##[endgroup]')) isOpen = false;
    else if (isOpen) groups.at(-1)?.lines.push(line);
  }
  return groups;
};
