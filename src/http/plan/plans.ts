import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';

import { compilePlan, type Plan } from './compile.ts';
import { executePlan } from './execute.ts';

/** By document and operation. Documents are kept, with a bound, by the cache that made them. */
const plans = new WeakMap<DocumentNode, Map<string, Plan | null>>();

/**
 * Executes what can be planned: queries of which everything is known but the variables, which is nearly all that lists and
 * boards are asked. The plan is made once a document. Gives null for what has no plan, or whose variables do not fit: then
 * nothing has run, and the library's executor answers, or tells what is wrong.
 */
export function executePlanned(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> | null {
  const { schema, document, operationName } = args;
  const ofDocument = plans.get(document) ?? new Map<string, Plan | null>();
  const name = operationName ?? '';
  let plan = ofDocument.get(name);
  if (plan === undefined) {
    plan = compilePlan(schema, document, operationName ?? undefined);
    plans.set(document, ofDocument.set(name, plan));
  }
  return plan === null || plan.schema !== schema ? null : executePlan(plan, args);
}
