import { randomUUID } from 'node:crypto';

const SANE = /^[A-Za-z0-9._:-]{1,100}$/;

/** The caller's own `x-request-id` where it is short and plain, so that it can be logged as it is; else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}
