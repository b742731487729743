import { GraphQLError, type ExecutionResult } from 'graphql';

import { executeOperation } from './execution.ts';
import { hideTypes, judge, openDocument, type OperationParts } from './operations.ts';
import type { RequestContext } from './request-context.ts';
import { replyOfResult, type Reply } from './result.ts';

/** The short way of one operation. Null for a subscription, which Yoga streams. */
export type DirectWay = (context: RequestContext) => Reply | Promise<Reply> | null;

/**
 * The short way for POST and JSON. It takes the same steps as Yoga's plugin chain, without Yoga's HTTP (request and response
 * objects, streams, an abort controller a request), which costs ten times the rest of a small query, and without the chain's
 * own plumbing, which costs as much as such a query's execution. What can be answered at once makes no promise.
 */
export function createDirectWay(parts: OperationParts): DirectWay {
  return (context) => {
    const result = runOperation(parts, context);
    if (result === null) return null;
    return result instanceof Promise
      ? result.then((settled) => replyOfResult(settled, context))
      : replyOfResult(result, context);
  };
}

function runOperation(
  { schema, documents, throttle }: OperationParts,
  context: RequestContext,
): ExecutionResult | Promise<ExecutionResult> | null {
  const { variables, operationName } = context.operation;
  try {
    const document = openDocument(documents, context);
    if (context.prepared?.kind === 'subscription') return null;
    const refusal = judge(throttle, context);
    if (refusal !== null) return refusal;
    const result = executeOperation({
      schema,
      document,
      contextValue: context,
      variableValues: variables,
      operationName,
    });
    return result instanceof Promise
      ? result.then((settled) => hideTypes(settled, context), asResult)
      : hideTypes(result, context);
  } catch (error) {
    return asResult(error);
  }
}

const asResult = (error: unknown): ExecutionResult => ({ errors: errorsOf(error) });

/** What a stage threw, as a list of errors that a result can carry. */
export function errorsOf(error: unknown): GraphQLError[] {
  if (error instanceof AggregateError) return error.errors.flatMap(errorsOf);
  if (error instanceof GraphQLError) return [error];
  return [new GraphQLError('failed', { originalError: error instanceof Error ? error : new Error(String(error)) })];
}
