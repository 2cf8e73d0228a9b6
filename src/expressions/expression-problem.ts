/** What is wrong with an expression or template, in plain words; the offset counts UTF-16 units of the text given. */
export type ExpressionProblem = { readonly message: string; readonly offset: number; readonly length: number };
