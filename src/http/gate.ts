import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Deps } from '#src/deps.ts';

import { readAccept, type Accepted } from './accept.ts';
import { readBody, RequestAborted } from './body.ts';
import type { DirectWay } from './direct.ts';
import type { EventStreams } from './event-stream.ts';
import { identifyCaller, isStillWelcome } from './identify.ts';
import { assertJson } from './media-type.ts';
import type { Metrics, Outcome } from './metrics.ts';
import type { Yoga } from './operations.ts';
import { PREFLIGHT_HEADERS, type OriginPolicy } from './origin.ts';
import { paramsOfBody, paramsOfUrl } from './params.ts';
import { Refusal } from './refusal.ts';
import { writeReply } from './reply.ts';
import { RequestContext } from './request-context.ts';
import { requestIdOf } from './request-id.ts';
import { replyOfRefusal, type Reply } from './result.ts';
import { runThroughYoga } from './through-yoga.ts';

export type GateParts = {
  deps: Deps;
  yoga: Yoga;
  direct: DirectWay;
  origins: OriginPolicy;
  streams: EventStreams;
  metrics: Metrics;
  /** Which way POSTs of JSON take. Tests send the same requests both ways. */
  way: 'direct' | 'yoga';
};

/**
 * `/graphql` over HTTP. The gate settles all that has to do with HTTP (origin, method, media types, size, encoding, shape,
 * caller) once for both ways behind it: the direct one, and Yoga's.
 */
export function createGate(parts: GateParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { deps, origins, metrics } = parts;
  return async (request, response) => {
    const requestId = requestIdOf(request.headers['x-request-id']);
    const headers = { 'x-request-id': requestId, ...origins.headersFor(request.headers) };
    const started = performance.now();
    let kind = 'unknown';
    let outcome: Outcome = 'ok';
    let streamed = false;
    try {
      const context = await admit(parts, request, requestId);
      if (context instanceof RequestContext) {
        const running = run(parts, context, request, response, headers);
        const reply = running instanceof Promise ? await running : running;
        kind = context.prepared?.kind ?? 'unknown';
        if (reply === null) return void (streamed = true);
        outcome = outcomeOf(reply);
        writeReply(response, reply, headers);
      } else writeReply(response, context, headers);
    } catch (error) {
      if (error instanceof RequestAborted) {
        outcome = 'aborted';
        response.destroy();
        return;
      }
      outcome = error instanceof Refusal && error.status < 500 ? 'refused' : 'failed';
      turnAway(request, response, asRefusal(error, requestId, deps), { ...headers });
    } finally {
      if (!streamed) metrics.operation(kind, outcome, secondsSince(started));
      deps.log.debug({ requestId, kind, outcome, ms: performance.now() - started }, 'operation');
    }
  };
}

/** Everything up to the operation itself. Gives a whole answer for a preflight. */
async function admit(
  { deps, origins }: GateParts,
  request: IncomingMessage,
  requestId: string,
): Promise<RequestContext | Reply> {
  const { headers, method } = request;
  if (!origins.allows(headers))
    throw new Refusal(403, 'FORBIDDEN', 'Pages of this origin may not call.', { closes: hasBody(request) });
  if (method === 'OPTIONS') return { status: 204, headers: { ...PREFLIGHT_HEADERS }, body: '' };
  if (method !== 'POST' && method !== 'GET') {
    throw new Refusal(405, 'BAD_USER_INPUT', 'Operations are sent by POST, queries by GET too.', {
      headers: { allow: 'GET, POST, OPTIONS' },
      closes: hasBody(request),
    });
  }
  const accepted = readAccept(headers.accept);
  if (accepted.json === null && !accepted.events) throw notAcceptable();
  const address = request.socket.remoteAddress ?? '';
  const transport = { kind: 'HTTP', method, accepted } as const;
  if (method === 'GET') {
    const caller = await identifyCaller(deps, headers.authorization, headers.origin);
    const operation = paramsOfUrl(searchOf(request.url ?? ''));
    return new RequestContext({ deps, caller, requestId, address, transport }, operation);
  }
  assertJson(headers);
  const body = await readBody(request);
  const identified = identifyCaller(deps, headers.authorization, headers.origin);
  // Waiting for what is there already would cost a turn of the promise queue.
  const caller = identified instanceof Promise ? await identified : identified;
  return new RequestContext({ deps, caller, requestId, address, transport }, paramsOfBody(body));
}

/** Null when the answer was a stream, which has been sent by then. */
function run(
  parts: GateParts,
  context: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Reply | Promise<Reply | null> {
  const accepted: Accepted | null = context.transport.kind === 'HTTP' ? context.transport.accepted : null;
  if (parts.way === 'direct' && request.method === 'POST' && accepted?.json !== null) {
    const reply = parts.direct(context);
    if (reply !== null) return reply;
  }
  return runLong(parts, context, accepted, request, response, headers);
}

async function runLong(
  parts: GateParts,
  context: RequestContext,
  accepted: Accepted | null,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Promise<Reply | null> {
  const release = accepted?.events === true ? parts.streams.reserve(context.caller, context.address) : null;
  try {
    const answer = await runThroughYoga(parts.yoga, context, request);
    if (answer.kind === 'REPLY') return answer.reply;
    parts.metrics.operation(context.prepared?.kind ?? 'unknown', 'ok', secondsSince(context.startedAt));
    const { authorization, origin } = request.headers;
    const connection = {
      caller: context.caller,
      isStillWelcome: () => isStillWelcome(parts.deps, authorization, origin),
    };
    await parts.streams.send(response, answer.stream, connection, headers);
    return null;
  } finally {
    release?.();
  }
}

function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  headers: Record<string, string>,
): void {
  const { json } = readAccept(request.headers.accept);
  writeReply(response, replyOfRefusal(refusal, headers['x-request-id'] ?? '', json), headers);
  if (refusal.closes) {
    // The rest is read for a moment, so that the answer is not lost to a reset, and then the line is cut.
    request.resume();
    setTimeout(() => request.destroy(), 500).unref();
  }
}

function asRefusal(error: unknown, requestId: string, deps: Deps): Refusal {
  if (error instanceof Refusal) return error;
  deps.log.error({ requestId, err: error }, 'request failed');
  return new Refusal(500, 'INTERNAL', 'Something went wrong on our side. Quote the request id when you report it.');
}

function outcomeOf({ status, body }: Reply): Outcome {
  if (status >= 500) return 'failed';
  if (status >= 400) return 'refused';
  return body.startsWith('{"errors"') ? (body.includes('"code":"INTERNAL"') ? 'failed' : 'refused') : 'ok';
}

function notAcceptable(): Refusal {
  return new Refusal(
    406,
    'BAD_USER_INPUT',
    'Accept application/json, application/graphql-response+json or text/event-stream.',
    {
      closes: true,
    },
  );
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}

function searchOf(url: string): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}
