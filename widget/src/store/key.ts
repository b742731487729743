/**
 * An idempotency key: one a decision of the customer. `crypto.randomUUID` is missing on pages that came over plain HTTP, such
 * as in development on another host.
 */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('-');
}
