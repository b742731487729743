import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may call from a browser. A request without an Origin comes from no page and is fine; so is a page that this server
 * served itself. Any other page needs its origin on the list. Cookies are never used, so credentials are never allowed,
 * and no origin is ever echoed that is not on the list.
 */
export type OriginPolicy = {
  allows(headers: IncomingHttpHeaders): boolean;
  /** CORS headers of a response to an allowed request; nothing for requests without a foreign origin. */
  headersFor(headers: IncomingHttpHeaders): Readonly<Record<string, string>>;
};

const NONE: Readonly<Record<string, string>> = {};

/** `allowed` holds origins such as https://shop.example; `*` allows every page. */
export function createOriginPolicy(allowed: readonly string[]): OriginPolicy {
  const listed = new Set(allowed.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  const allowsAll = listed.has('*');
  const isListed = (origin: string): boolean => allowsAll || listed.has(origin.toLowerCase());
  return {
    allows: ({ origin, host }) => origin === undefined || isSameOrigin(origin, host) || isListed(origin),
    headersFor: ({ origin }) =>
      origin === undefined || !isListed(origin)
        ? NONE
        : {
            'access-control-allow-origin': allowsAll ? '*' : origin,
            'access-control-expose-headers': 'x-request-id, retry-after',
            vary: 'origin',
          },
  };
}

/** Headers that answer a preflight of an allowed origin. */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, accept, x-request-id',
  'access-control-max-age': '600',
};

function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const start = origin.startsWith('https://') ? 8 : origin.startsWith('http://') ? 7 : -1;
  return start !== -1 && origin.slice(start).toLowerCase() === host.toLowerCase();
}
