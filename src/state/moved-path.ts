/** The previous index of each item of a list, null for a new item. */
export type ItemOrigins = readonly (number | null)[];

/**
 * Maps the path of a fan-out's item, or of a step in one, after the items were reordered; undefined for a removed item.
 * Other paths stay.
 */
export const pathMover = (fanOut: string, from: ItemOrigins): ((path: string) => string | undefined) => {
  const newIndexes = new Map<number, number>();
  from.forEach((old, index) => {
    if (old !== null) newIndexes.set(old, index);
  });
  const start = `${fanOut}[`;
  return (path) => {
    if (!path.startsWith(start)) return path;
    const end = path.indexOf(']', start.length);
    const index = newIndexes.get(Number(path.slice(start.length, end)));
    return index === undefined ? undefined : `${start}${String(index)}${path.slice(end)}`;
  };
};
