import type { IncomingMessage } from 'node:http';

import { LIMITS } from './limits.ts';
import { Refusal } from './refusal.ts';

/** The caller went away before the whole request had arrived. There is nobody left to answer. */
export class RequestAborted extends Error {}

/**
 * Reads a request's body, at most LIMITS.bodyBytes of it. Throws a Refusal when it is longer and RequestAborted when the
 * caller goes away. Slow bodies are cut by the server itself (`requestTimeout`), so that no timer a request is needed.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.bodyBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LIMITS.bodyBytes) {
        request.removeAllListeners('data');
        reject(tooLarge());
      } else if (first === undefined) first = chunk;
      else (rest ??= [first]).push(chunk);
    });
    request.on('end', () => resolve(rest === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(rest)));
    request.on('error', () => reject(new RequestAborted()));
    request.on('close', () => {
      if (!request.complete) reject(new RequestAborted());
    });
  });
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BAD_USER_INPUT', `The body is larger than ${LIMITS.bodyBytes} bytes.`, { closes: true });
}
