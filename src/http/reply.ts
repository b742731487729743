import type { ServerResponse } from 'node:http';

import type { Reply } from './result.ts';

/** Sent with every answer: nothing here is a page, and nothing here may be kept by a cache. */
const FIXED_HEADERS = ['cache-control', 'no-store', 'x-content-type-options', 'nosniff'];

/** Writes head and body at once, so that a small answer leaves in one packet. */
export function writeReply(response: ServerResponse, reply: Reply, headers: Readonly<Record<string, string>>): void {
  if (response.destroyed || response.headersSent) return;
  // A flat list of names and values is the form that node:http sends without looking at it twice.
  const lines: string[] = [];
  for (const name in reply.headers) lines.push(name, reply.headers[name] ?? '');
  lines.push('content-length', String(Buffer.byteLength(reply.body)), ...FIXED_HEADERS);
  for (const name in headers) lines.push(name, headers[name] ?? '');
  response.writeHead(reply.status, lines);
  response.end(reply.body);
}

/** An answer for the plumbing around the graph. */
export function jsonReply(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}
