declare const TYPES: unique symbol;

/** The text of a GraphQL operation that knows what it takes and gives. Made by codegen from the public schema. */
export type Operation<Data, Variables> = string & { readonly [TYPES]?: (variables: Variables) => Data };
