import type { IncomingMessage } from 'node:http';

import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { EVENT_STREAM_TYPE } from './accept.ts';
import type { Yoga } from './operations.ts';
import type { RequestContext } from './request-context.ts';
import { replyOfResult, toPublicResult, type PublicResult, type Reply } from './result.ts';

/** What Yoga gave: a whole answer, or the beginning of a stream of events. */
export type YogaAnswer = { kind: 'REPLY'; reply: Reply } | { kind: 'STREAM'; stream: EventStream };

/** The part of a Response that streams; Yoga's class for it need not be the runtime's own. */
export type EventStream = Pick<Response, 'status' | 'headers' | 'body'>;

/**
 * Lets Yoga's HTTP answer: queries by GET, event streams, and in tests everything. The gate has read the request already;
 * Yoga gets what it read and hands results to the same writers, so that both ways answer alike.
 */
export async function runThroughYoga(
  yoga: Yoga,
  context: RequestContext,
  request: IncomingMessage,
): Promise<YogaAnswer> {
  const response = await yoga.fetch(
    new Request(`http://localhost${request.url ?? '/graphql'}`, {
      method: request.method ?? 'POST',
      headers: { accept: request.headers.accept ?? '*/*' },
    }),
    context,
  );
  const { status, headers } = response;
  if (headers.get('content-type')?.startsWith(EVENT_STREAM_TYPE) === true) return { kind: 'STREAM', stream: response };
  // The length is told by whoever writes the answer.
  const { 'content-length': _length, ...told } = Object.fromEntries(headers);
  return { kind: 'REPLY', reply: { status, headers: told, body: await response.text() } };
}

/** Yoga's side of it. */
export function useGate(): Plugin {
  return {
    onRequestParse({ serverContext, setRequestParser }) {
      setRequestParser(() => contextOf(serverContext).operation);
    },
    onResultProcess(process) {
      const context = contextOf(process.serverContext);
      const { result } = process;
      if (isStream(result)) {
        process.setResult(publicStream(result, context));
      } else if (!wantsEvents(context, result as ExecutionResult)) {
        const { status, headers, body } = replyOfResult(result as ExecutionResult, context);
        // Yoga's Response writes a length into the headers that it is given, and ours may be shared.
        const init = { status, headers: { ...headers } };
        process.setResultProcessor((_result, fetchApi) => new fetchApi.Response(body, init), 'application/json');
      } else process.setResult(sendable(toPublicResult(result as ExecutionResult, context)));
    },
  };
}

/** A single result is sent as an event to callers who read nothing else, unless it is a refusal. */
function wantsEvents({ transport }: RequestContext, result: ExecutionResult): boolean {
  return (
    transport.kind === 'HTTP' && transport.accepted.json === null && result.data !== undefined && result.data !== null
  );
}

async function* publicStream(
  results: AsyncIterable<ExecutionResult>,
  context: RequestContext,
): AsyncGenerator<ExecutionResult> {
  for await (const result of results) {
    yield sendable(toPublicResult(result, context));
    // The price is told once, with the first item.
    context.cost = undefined;
  }
}

/** Yoga prints what it is given; errors that are not GraphQLError instances are printed as they are. */
function sendable(result: PublicResult): ExecutionResult {
  return result as object;
}

function isStream(result: unknown): result is AsyncIterable<ExecutionResult> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

/** Yoga passes on the object that it was called with. */
function contextOf(context: unknown): RequestContext {
  return context as RequestContext;
}
