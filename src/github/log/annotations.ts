import type { Annotation } from '../../run/context/ports.js';

/** The kinds of workflow commands that become annotations. */
export type AnnotationKind = 'error' | 'warning' | 'notice';

/** Annotations held until the end of the step, so that the verdict comes first. */
export type HeldAnnotations = {
  /** Holds one of Savepoint's own annotations, once; they come before those of steps. */
  readonly ours: (annotation: Annotation) => void;
  /** Holds an annotation that a step printed. */
  readonly printed: (annotation: Annotation) => void;
  /** Returns what to issue after the verdict, at most 10 of a kind including it, and counts the rest; holds nothing then. */
  readonly release: (verdict: Annotation | undefined) => Released;
};

/** Annotations in the order to issue them, without the verdict, and the number left out of each kind. */
export type Released = {
  readonly annotations: readonly Annotation[];
  readonly leftOut: Readonly<Record<AnnotationKind, number>>;
};

/** The runner keeps only the first 10 annotations of a kind per step. */
const KEPT_OF_A_KIND = 10;
const KINDS: readonly AnnotationKind[] = ['error', 'warning', 'notice'];

/** Starts without annotations; holds no more than can be issued. */
export const createHeldAnnotations = (): HeldAnnotations => {
  let ours: Annotation[] = [];
  let printed: Annotation[] = [];
  let seen = new Map<string, number>();

  const hold = (list: Annotation[], annotation: Annotation): void => {
    seen.set(annotation.kind, (seen.get(annotation.kind) ?? 0) + 1);
    if (list.filter(({ kind }) => kind === annotation.kind).length < KEPT_OF_A_KIND) list.push(annotation);
  };
  const release = (verdict: Annotation | undefined): Released => {
    const issued = KINDS.flatMap((kind) => {
      const room = KEPT_OF_A_KIND - (verdict?.kind === kind ? 1 : 0);
      return [...ours, ...printed].filter((annotation) => annotation.kind === kind).slice(0, room);
    });
    const count = (kind: AnnotationKind): number =>
      (seen.get(kind) ?? 0) - issued.filter((annotation) => annotation.kind === kind).length;
    const leftOut = { error: count('error'), warning: count('warning'), notice: count('notice') };
    ours = [];
    printed = [];
    seen = new Map();
    return { annotations: issued, leftOut };
  };
  return {
    ours: (annotation) => {
      if (!ours.some((each) => isSame(each, annotation))) hold(ours, annotation);
    },
    printed: (annotation) => hold(printed, annotation),
    release,
  };
};

const isSame = (one: Annotation, other: Annotation): boolean =>
  one.kind === other.kind &&
  one.message === other.message &&
  JSON.stringify(one.properties) === JSON.stringify(other.properties);

/** Whether a workflow command becomes an annotation, rather than structuring the log. */
export const isAnnotation = ({ kind }: Annotation): boolean => KINDS.some((each) => each === kind);
