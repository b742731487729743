/** Codes of top-level errors. No other code leaves the house. */
export const TOP_LEVEL_CODES = [
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'THROTTLED',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type TopLevelCode = (typeof TOP_LEVEL_CODES)[number];

/** A request turned away before GraphQL saw it: too large, of the wrong type, from the wrong place, not JSON. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: TopLevelCode;
  /** Extra response headers, such as `allow` or `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The connection cannot be used again, because the rest of the request was not read. */
  readonly closes: boolean;

  constructor(
    status: number,
    code: TopLevelCode,
    message: string,
    options: { headers?: Readonly<Record<string, string>>; closes?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.closes = options.closes ?? false;
  }
}
