/** Either a value or the reason there is none. Ports and parsers return it instead of throwing. */
export type Result<T, E = string> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A result that holds `value`. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** A result that holds the reason there is no value. */
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
