import { GraphQLError, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';

import type { Throttle } from './cost/throttle.ts';
import type { Documents } from './document/cache.ts';
import type { PreparedOperation } from './document/operation.ts';
import { executeOperation, requestError, subscribeOperation } from './execution.ts';
import { LIMITS } from './limits.ts';
import type { RequestContext } from './request-context.ts';

/** Yoga, as event streams and queries by GET use it. */
export type Yoga = YogaServerInstance<RequestContext, object>;

/** What every operation needs, whichever way it came. */
export type OperationParts = { schema: GraphQLSchema; documents: Documents; throttle: Throttle };

/**
 * Sets Yoga up with a plugin chain of the steps below, which the direct way and sockets take without the chain. What Yoga does by
 * default and we do ourselves, in front of it and for sockets too, is switched off: CORS, batching, body parsing, landing
 * page, GraphiQL, error masking, document cache.
 */
export function createOperations(
  { schema, documents, throttle }: OperationParts,
  plugins: readonly Plugin[] = [],
): Yoga {
  return createYoga<RequestContext>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    batching: false,
    multipart: false,
    landingPage: false,
    graphiql: false,
    logging: false,
    maskedErrors: false,
    parserAndValidationCache: false,
    plugins: [useDocuments(documents), useGuard(throttle), ...plugins],
  });
}

/**
 * Parses and validates through the cache, and refuses what may not come this way before anything else is done for it.
 * Notes the operation in its context. Throws a GraphQLError, or an AggregateError of several.
 */
export function openDocument(documents: Documents, context: RequestContext): DocumentNode {
  const { query, operationName } = context.operation;
  const prepared = documents.prepare(query);
  if ('errors' in prepared) throw new AggregateError(prepared.errors);
  const operation = prepared.operation(operationName);
  if (operation === undefined) {
    throw requestError(
      operationName === undefined
        ? 'The document has several operations; name one.'
        : 'The document has no operation of that name.',
    );
  }
  assertTransport(operation, context);
  context.prepared = operation;
  return prepared.document;
}

function useDocuments(documents: Documents): Plugin {
  return {
    onParse({ context, setParsedDocument }) {
      setParsedDocument(openDocument(documents, contextOf(context)));
    },
    onValidate({ context, setResult }) {
      if (contextOf(context).prepared !== undefined) setResult([]);
    },
  };
}

function assertTransport(operation: PreparedOperation, { transport }: RequestContext): void {
  if (transport.kind === 'SOCKET') return;
  if (operation.kind === 'mutation' && transport.method === 'GET') {
    throw requestError('Mutations are sent by POST.', { status: 405, headers: { allow: 'POST' } });
  }
  if (operation.kind === 'subscription' && !transport.accepted.events) {
    throw requestError('Subscriptions are streamed: use the websocket, or accept text/event-stream.', { status: 406 });
  }
}

function useGuard(throttle: Throttle): Plugin {
  return {
    onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      const context = contextOf(args.contextValue);
      const refusal = judge(throttle, context);
      if (refusal !== null) return setResultAndStopExecution(refusal);
      setExecuteFn(executeOperation);
      return hasHiddenTypes(context)
        ? { onExecuteDone: ({ result }) => void hideTypes(result as ExecutionResult, context) }
        : undefined;
    },
    onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const refusal = judge(throttle, contextOf(args.contextValue));
      if (refusal !== null) setResultAndStopExecution(refusal);
      else setSubscribeFn(subscribeOperation);
    },
  };
}

/**
 * Refuses introspection to callers without a key, prices the operation, and takes the price from the caller's bucket. Gives
 * the answer to an operation that must not run, else null.
 */
export function judge(throttle: Throttle, context: RequestContext): ExecutionResult | null {
  const { prepared } = context;
  if (prepared === undefined) return null;
  if (prepared.readsSchema && context.caller.kind === 'ANONYMOUS')
    return { data: null, errors: [introspectionRefused()] };
  const error = charge(throttle, context, prepared.price(context.operation.variables));
  return error === null ? null : { errors: [error] };
}

/** Null when the operation may run; its price and the caller's bucket are noted for `extensions.cost` either way. */
function charge(throttle: Throttle, context: RequestContext, requested: number): GraphQLError | null {
  if (requested > LIMITS.operationCost) {
    const { state } = throttle.take(context.caller, context.address, 0);
    context.cost = { requested, throttle: state };
    return requestError(
      `The operation costs ${requested}; ${LIMITS.operationCost} are allowed. Ask for shorter pages.`,
    );
  }
  const { state, waitMs } = throttle.take(context.caller, context.address, requested);
  context.cost = { requested, throttle: state };
  if (waitMs === 0) return null;
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
  return new GraphQLError(`Too many points spent for now. Wait ${waitMs} ms.`, {
    extensions: { code: 'THROTTLED', retryAfterMs: waitMs, http: { status: 429, headers } },
  });
}

function hasHiddenTypes({ caller, prepared }: RequestContext): boolean {
  return caller.kind === 'ANONYMOUS' && prepared !== undefined && prepared.typeKeys.length > 0;
}

/** To callers without a key no type exists, whatever its name. Writes into the result and gives it back. */
export function hideTypes(result: ExecutionResult, context: RequestContext): ExecutionResult {
  const { data } = result;
  if (data === undefined || data === null || !hasHiddenTypes(context)) return result;
  for (const key of context.prepared?.typeKeys ?? []) if (key in data) data[key] = null;
  return result;
}

function introspectionRefused(): GraphQLError {
  return new GraphQLError('Introspection needs a key or a token.', { extensions: { code: 'UNAUTHENTICATED' } });
}

/** Every operation gets its context from us, whichever way it came. */
function contextOf(context: unknown): RequestContext {
  return context as RequestContext;
}
