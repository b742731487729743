import { GraphQLError, type ExecutionResult } from 'graphql';

import { chainOf, type Yoga } from './operations.ts';
import type { RequestContext } from './request-context.ts';
import { replyOfResult, type Reply } from './result.ts';

/**
 * The short way for POST and JSON: Yoga's plugin chain without Yoga's HTTP, which costs ten times the rest of a small query
 * (request and response objects, streams, an abort controller a request). Gives null for a subscription, which Yoga streams.
 */
export async function runDirectly(yoga: Yoga, context: RequestContext): Promise<Reply | null> {
  const result = await runOperation(yoga, context);
  return result === null ? null : replyOfResult(result, context);
}

async function runOperation(yoga: Yoga, context: RequestContext): Promise<ExecutionResult | null> {
  const { parse, contextFactory, execute, schema } = chainOf(yoga, context);
  const { query, variables, operationName } = context.operation;
  try {
    const document = parse(query);
    if (context.prepared?.kind === 'subscription') return null;
    // Nothing is left to validate: the cache gives out valid documents alone.
    const contextValue = await contextFactory();
    return await execute({ schema, document, contextValue, variableValues: variables, operationName });
  } catch (error) {
    return { errors: errorsOf(error) };
  }
}

/** What a stage threw, as a list of errors that a result can carry. */
export function errorsOf(error: unknown): GraphQLError[] {
  if (error instanceof AggregateError) return error.errors.flatMap(errorsOf);
  if (error instanceof GraphQLError) return [error];
  return [new GraphQLError('failed', { originalError: error instanceof Error ? error : new Error(String(error)) })];
}
