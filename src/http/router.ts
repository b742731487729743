import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Deps } from '#src/deps.ts';

import { demoSession } from './demo-session.ts';
import { createGraphiql } from './graphiql.ts';
import { livez, readyz } from './health.ts';
import type { Metrics } from './metrics.ts';
import { createPages, type Page } from './pages.ts';
import { Refusal } from './refusal.ts';
import { writeReply } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import { replyOfRefusal, type Reply } from './result.ts';
import { createWidgetFiles } from './widget-files.ts';

/** The kit's elements in all their states, for those who work on it. */
const GALLERY = '/gallery/';

type RouterParts = {
  deps: Deps;
  /** Null for a process that only tells how it is. */
  gate: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null;
  metrics: Metrics;
  /** Where the files of the demo page, of the kit for pages, and of its gallery lie. */
  folders: PageFolders;
  isDraining: () => boolean;
};

export type PageFolders = { demo: string; kit: string; gallery: string };

/** Finds who answers a path: the graph, the plumbing around it, the kit, or the demo's pages. Anything else is 404, in JSON. */
export function createRouter(
  parts: RouterParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { deps, gate, metrics } = parts;
  const showsPages = deps.config.demo && gate !== null;
  const page = showsPages ? createPages(parts.folders.demo) : null;
  const gallery = showsPages ? createPages(parts.folders.gallery) : null;
  const kit = gate === null ? null : createWidgetFiles(parts.folders.kit);
  const graphiql = showsPages ? createGraphiql() : null;

  const plumbing = async (path: string): Promise<Reply | null> => {
    switch (path) {
      case '/livez':
        return livez();
      case '/readyz':
        return readyz(deps, parts.isDraining());
      case '/metrics': {
        const { type, text } = await metrics.expose();
        return { status: 200, headers: { 'content-type': type }, body: text };
      }
      default:
        return null;
    }
  };

  return async (request, response) => {
    const url = request.url ?? '/';
    const path = url === '/graphql' ? url : (url.split('?', 1)[0] ?? '/');
    if (path === '/graphql' && gate !== null) return gate(request, response);
    const requestId = requestIdOf(request.headers['x-request-id']);
    const headers = { 'x-request-id': requestId };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return writeReply(response, replyOfRefusal(nothingThere(), requestId, null), { ...headers, connection: 'close' });
    }
    const reply = await plumbing(path);
    if (reply !== null) return writeReply(response, reply, headers);
    const file = await kit?.(path, url.slice(path.length), request.headers);
    if (file !== undefined && file !== null) return writePage(response, file, headers);
    if (path === '/demo/session' && showsPages) {
      const session = await demoSession(deps, new URL(url, 'http://localhost').searchParams);
      return writeReply(response, session ?? replyOfRefusal(nothingThere(), requestId, null), headers);
    }
    const host = request.headers.host ?? '';
    const found = await (path === '/graphiql'
      ? graphiql?.(host)
      : path.startsWith(GALLERY)
        ? gallery?.(path.slice(GALLERY.length - 1), host)
        : page?.(path, host));
    if (found === undefined || found === null)
      return writeReply(response, replyOfRefusal(nothingThere(), requestId, null), headers);
    return writePage(response, found, headers);
  };
}

function writePage(response: ServerResponse, page: Page & { status?: number }, headers: Record<string, string>): void {
  const { status = 200 } = page;
  // Without a body there is no length to tell: that of 304 would be taken for the file's.
  const length = status === 304 ? {} : { 'content-length': String(page.body.length) };
  response.writeHead(status, { ...page.headers, ...length, ...headers });
  response.end(page.body);
}

function nothingThere(): Refusal {
  return new Refusal(404, 'BAD_USER_INPUT', 'Nothing here. The graph is at /graphql.');
}
