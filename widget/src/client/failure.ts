/** Something that went wrong between the page and Laurel. `code` is that of docs/http.md, or one of those below. */
export class LaurelError extends Error {
  /** Such as FORBIDDEN; NETWORK when no answer came, REFUSED when the token is of no use, ENDED when a stream is over. */
  readonly code: string;
  /** How long Laurel asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.name = 'LaurelError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

type GraphError = { message?: unknown; extensions?: { code?: unknown; retryAfterMs?: unknown } };

/** The first error of an answer. */
export function failureOf(errors: unknown): LaurelError {
  const [first] = Array.isArray(errors) ? (errors as GraphError[]) : [];
  const { code, retryAfterMs } = first?.extensions ?? {};
  return new LaurelError(
    typeof code === 'string' ? code : 'INTERNAL',
    typeof first?.message === 'string' ? first.message : 'Something went wrong.',
    typeof retryAfterMs === 'number' ? retryAfterMs : null,
  );
}

/** Whether the same call may go through a little later. */
export function isPassing({ code }: LaurelError): boolean {
  return code === 'THROTTLED' || code === 'UNAVAILABLE' || code === 'NETWORK';
}

/** Whatever was thrown, as one of ours. */
export function asFailure(thrown: unknown): LaurelError {
  if (thrown instanceof LaurelError) return thrown;
  return new LaurelError('NETWORK', thrown instanceof Error ? thrown.message : String(thrown));
}
