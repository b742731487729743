import type { IncomingHttpHeaders } from 'node:http';

import { Refusal } from './refusal.ts';

const JSON_TYPE = 'application/json';

/**
 * Throws a Refusal unless the body is plain JSON in UTF-8. Only a page that may call can make a browser send that type;
 * forms and plain text could be forged by any page.
 */
export function assertJson(headers: IncomingHttpHeaders): void {
  const contentType = headers['content-type'] ?? '';
  if (contentType !== JSON_TYPE && !isJson(contentType)) {
    throw new Refusal(415, 'BAD_USER_INPUT', 'The body must be application/json in UTF-8.', { closes: true });
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new Refusal(415, 'BAD_USER_INPUT', 'The body must not be compressed.', { closes: true });
  }
}

function isJson(contentType: string): boolean {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  return type === JSON_TYPE && (charset === undefined || charset === 'utf-8' || charset === 'utf8');
}
