/** A mistake in an expression or template; the offset counts UTF-16 units of the given text. */
export type ExpressionProblem = { readonly message: string; readonly offset: number; readonly length: number };
