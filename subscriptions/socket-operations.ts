import { GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Context as SocketContext, ServerOptions } from 'graphql-ws';

import { errorsOf } from '#src/http/direct.ts';
import { valueNestsDeeper } from '#src/http/document/nesting.ts';
import { executeOperation } from '#src/http/execution.ts';
import { identifyCaller, isStillWelcome } from '#src/http/identify.ts';
import { LIMITS } from '#src/http/limits.ts';
import { hideTypes, judge, openDocument } from '#src/http/operations.ts';
import { paramsOfValue } from '#src/http/params.ts';
import { toPublicError, type PublicError } from '#src/http/public-error.ts';
import { Refusal } from '#src/http/refusal.ts';
import { RequestContext } from '#src/http/request-context.ts';
import { requestIdOf } from '#src/http/request-id.ts';
import { toPublicResult } from '#src/http/result.ts';

import type { ClientSocket } from './client-socket.ts';
import type { Outlet } from './frame.ts';
import { createSharedStreams } from './group.ts';
import type { SocketServerParts } from './ws-server.ts';

type Params = Record<string, unknown> | undefined;
type Socket = SocketContext<Params, ClientSocket>;
/** One operation that may begin. */
type Args = ExecutionArgs & { id: string; outlet: Outlet; contextValue: RequestContext };

/** What happens on a socket, in terms of graphql-ws: the same steps, limits and answers as over HTTP. */
export function createSocketOptions(parts: SocketServerParts): ServerOptions<Params, ClientSocket> {
  const { deps, metrics } = parts;
  const streams = createSharedStreams(metrics);
  return {
    connectionInitWaitTimeout: LIMITS.connectionInitMs,
    onConnect: (socket) => connect(parts, socket),
    onSubscribe: (socket, id, payload) => begin(parts, socket, id, payload),
    execute: (args) => answer(parts, argsOf(args)),
    subscribe: (args) => judge(parts.operations.throttle, argsOf(args).contextValue) ?? streams.subscribe(argsOf(args)),
    onOperation: (_socket, _id, _payload, args, result) => {
      const { prepared, startedAt } = argsOf(args).contextValue;
      const outcome = 'errors' in result && result.errors !== undefined ? 'refused' : 'ok';
      metrics.operation(prepared?.kind ?? 'unknown', outcome, (performance.now() - startedAt) / 1_000);
    },
    onNext: (_socket, _id, _payload, args, result) => {
      const { contextValue } = argsOf(args);
      const told = toPublicResult(result, contextValue);
      // The price is told once, with the first item of a stream.
      contextValue.cost = undefined;
      if (contextValue.prepared?.kind === 'subscription') {
        metrics.subscriptionExecuted();
        metrics.subscriptionSent(1);
      }
      return told as object;
    },
    onError: ({ extra }, id, _payload, errors) =>
      errors.map((error) =>
        error instanceof Told ? error.told : toPublicError(error, requestIdFor(extra, id), deps.log),
      ),
    onComplete: ({ extra }, id) => void extra.running.delete(id),
    onClose: ({ extra }) => extra.running.clear(),
  };
}

/** Finds out who opens the socket. A refused caller's socket is closed with a code that says why. */
async function connect(
  { deps, connections }: SocketServerParts,
  { connectionParams, extra }: Socket,
): Promise<boolean> {
  const authorization = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  if (authorization !== undefined && authorization !== null && typeof authorization !== 'string') {
    extra.end('MALFORMED');
    return false;
  }
  try {
    extra.caller = await identifyCaller(deps, authorization ?? undefined, extra.origin);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    extra.end(error.status === 503 ? 'TRY_AGAIN' : 'REFUSED');
    return false;
  }
  extra.forget = connections.add({
    caller: extra.caller,
    close: (ending) => extra.end(ending),
    isStillWelcome: () => isStillWelcome(deps, authorization ?? undefined, extra.origin),
  });
  return true;
}

/**
 * Prepares one operation. Whatever is wrong with it is told under its id and leaves the socket and its other operations
 * alone.
 */
async function begin(parts: SocketServerParts, socket: Socket, id: string, payload: unknown): Promise<Args | Told[]> {
  const { deps, operations } = parts;
  const { extra } = socket;
  const requestId = requestIdOf(undefined);
  const told = (errors: readonly unknown[]): Told[] =>
    errors.map((error) => new Told(toPublicError(error, requestId, deps.log)));
  try {
    if (extra.caller === null) throw new Error('an operation came before the acknowledgement');
    if (Object.keys(socket.subscriptions).length > LIMITS.streamsPerSocket) throw tooManyStreams();
    const operation = paramsOfValue(payload);
    if (id.length > LIMITS.nameCharacters) throw new Refusal(400, 'BAD_USER_INPUT', 'The id is too long.');
    if (valueNestsDeeper(operation.variables, LIMITS.jsonNesting)) {
      throw new Refusal(400, 'BAD_USER_INPUT', `The variables nest deeper than ${LIMITS.jsonNesting} levels.`);
    }
    const context = new RequestContext(
      { deps, caller: extra.caller, requestId, address: extra.address, transport: { kind: 'SOCKET' } },
      operation,
    );
    const document = openDocument(operations.documents, context);
    extra.running.set(id, context);
    return {
      schema: operations.schema,
      document,
      contextValue: context,
      variableValues: operation.variables,
      operationName: operation.operationName,
      rootValue: undefined,
      id,
      outlet: extra,
    };
  } catch (error) {
    parts.metrics.operation('unknown', 'refused', 0);
    return told(error instanceof Refusal ? [asGraphQLError(error)] : errorsOf(error));
  }
}

/** Runs a query or mutation. */
async function answer({ operations }: SocketServerParts, args: Args): Promise<ExecutionResult> {
  try {
    const refusal = judge(operations.throttle, args.contextValue);
    return refusal ?? hideTypes(await executeOperation(args), args.contextValue);
  } catch (error) {
    return { errors: errorsOf(error) };
  }
}

/** An error that has been made public already. */
class Told extends GraphQLError {
  readonly told: PublicError;

  constructor(told: PublicError) {
    super(told.message);
    this.told = told;
  }
}

function tooManyStreams(): Refusal {
  return new Refusal(
    429,
    'THROTTLED',
    `At most ${LIMITS.streamsPerSocket} operations run on one socket at a time. End one first.`,
  );
}

function asGraphQLError({ code, message }: Refusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function requestIdFor(extra: ClientSocket, id: string): string {
  return extra.running.get(id)?.requestId ?? requestIdOf(undefined);
}

/** graphql-ws hands back what `begin` made. */
function argsOf(args: ExecutionArgs): Args {
  return args as Args;
}
