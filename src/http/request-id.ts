import { randomBytes } from 'node:crypto';

const SANE = /^[A-Za-z0-9._:-]{1,100}$/;

/** Tells this process from all others; with a number that counts up, an id costs nothing to make. */
const PROCESS = randomBytes(9).toString('base64url');
let made = 0;

/** The caller's own `x-request-id` where it is short and plain, so that it can be logged as it is; else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  if (typeof header === 'string' && SANE.test(header)) return header;
  made += 1;
  return `${PROCESS}-${made.toString(36)}`;
}
