import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { Refusal } from './refusal.ts';
import { requestIdOf } from './request-id.ts';
import { replyOfRefusal } from './result.ts';

/**
 * Answers what never became a request: no HTTP, headers too large, headers or body too slow. Node cuts the line then; these
 * callers get a typed answer before it does.
 */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const requestId = requestIdOf(undefined);
    const { status, headers, body } = replyOfRefusal(refusalFor(error.code), requestId, null);
    const lines = Object.entries({
      ...headers,
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(body)),
    });
    socket.end(
      `HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    );
    return undefined;
  });
}

function refusalFor(code: string = ''): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal(408, 'BAD_USER_INPUT', 'The request took too long to arrive.', { closes: true });
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal(431, 'BAD_USER_INPUT', 'The headers are too large.', { closes: true });
    default:
      return new Refusal(400, 'BAD_USER_INPUT', 'This is not an HTTP request.', { closes: true });
  }
}
