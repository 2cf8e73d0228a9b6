/** For each item of a list its index in the list before, null for a new one. */
export type ItemOrigins = readonly (number | null)[];

/**
 * The new path of a fan-out's item, or of anything in one, once its items have other newIndexes; undefined where the item is
 * no more. Other paths stay.
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
