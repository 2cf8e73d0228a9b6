/** A layer of declarations or exports on top of the environment. */
export type FrameLayer = {
  readonly env: Readonly<Record<string, string>>;
  /** Prepended to the existing path with the last entry first, as GitHub does. */
  readonly path: readonly string[];
};

/**
 * The environment at one point of a run: the frames upstream, then its own layer.
 * Frames share their past, so a chain of a thousand exporting steps costs a thousand layers and no copies.
 */
export type Frame = { readonly parents: readonly Frame[]; readonly layer?: FrameLayer };

/** The environment with nothing declared and nothing exported. */
export const EMPTY_FRAME: Frame = { parents: [] };

/** A layer that adds nothing. */
export const EMPTY_LAYER: FrameLayer = { env: {}, path: [] };

/** Merges layers in the order given: the later one wins. */
export const mergeLayers = (layers: readonly FrameLayer[]): FrameLayer => {
  const env: Record<string, string> = {};
  const path: string[] = [];
  for (const layer of layers) {
    Object.assign(env, layer.env);
    for (const folder of layer.path) path.push(folder);
  }
  return path.length === 0 && Object.keys(env).length === 0 ? EMPTY_LAYER : { env, path };
};

/** The frame after several steps, in the order given: the later one wins. */
export const joinFrames = (frames: readonly Frame[]): Frame => {
  const distinct = [...new Set(frames)];
  const [only] = distinct;
  if (only === undefined) return EMPTY_FRAME;
  return distinct.length === 1 ? only : { parents: distinct };
};

/** The frame with a layer on top; the same frame when the layer holds nothing. */
export const withLayer = (frame: Frame, layer: FrameLayer): Frame =>
  isEmptyLayer(layer) ? frame : { parents: [frame], layer };

/** All variables and path entries of a frame; the path entry to search first comes first. */
export const flattenFrame = (frame: Frame): FrameLayer => {
  const env: Record<string, string> = {};
  const path: string[] = [];
  for (const { layer } of inOrder(frame)) {
    if (layer === undefined) continue;
    Object.assign(env, layer.env);
    for (const folder of layer.path) path.push(folder);
  }
  return { env, path: path.reverse() };
};

/** Flattens frames and caches the last result, because consecutive steps mostly share their frame. */
export const createFlattener = (): ((frame: Frame) => FrameLayer) => {
  let last: { readonly frame: Frame; readonly flat: FrameLayer } | undefined;
  return (frame) => {
    if (last?.frame !== frame) last = { frame, flat: flattenFrame(frame) };
    return last.flat;
  };
};

const isEmptyLayer = ({ env, path }: FrameLayer): boolean => path.length === 0 && Object.keys(env).length === 0;

/** Parents before children, each once; iterative because chains are long. */
const inOrder = (frame: Frame): readonly Frame[] => {
  const done = new Set<Frame>();
  const order: Frame[] = [];
  const open: { readonly frame: Frame; readonly parentsDone: boolean }[] = [{ frame, parentsDone: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (done.has(next.frame)) continue;
    if (next.parentsDone) {
      done.add(next.frame);
      order.push(next.frame);
      continue;
    }
    open.push({ frame: next.frame, parentsDone: true });
    for (const parent of next.frame.parents.toReversed()) open.push({ frame: parent, parentsDone: false });
  }
  return order;
};
