import {
  getArgumentValues,
  getVariableValues,
  GraphQLError,
  locatedError,
  responsePathAsArray,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLResolveInfo,
} from 'graphql';

import type { FieldPlan, LeafPlan, ListPlan, ObjectPlan, Plan, ValuePlan } from './compile.ts';
import { holdsPrinted, printOnce } from './print.ts';

type Path = GraphQLResolveInfo['path'];
type Values = NonNullable<ReturnType<typeof getVariableValues>['variableValues']>;
type Run = {
  plan: Plan;
  rootValue: unknown;
  context: unknown;
  variables: Values;
  errors: GraphQLError[];
  /** Whether the answer holds a list that is printed once for many. */
  holdsPrinted: boolean;
};

/**
 * Executes a planned query as the specification says: fields side by side, an error at the place where it happened, and null
 * for the nearest place above it that may be null. At once where no resolver makes a promise. Gives null for variables that
 * do not fit, before anything has run.
 */
export function executePlan(plan: Plan, args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> | null {
  const { variableValues: variables } = getVariableValues(
    plan.schema,
    plan.operation.variableDefinitions ?? [],
    args.variableValues ?? {},
  );
  if (variables === undefined) return null;
  const run: Run = {
    plan,
    rootValue: args.rootValue,
    context: args.contextValue,
    variables,
    errors: [],
    holdsPrinted: false,
  };
  try {
    const data = executeFields(run, plan.root, args.rootValue, undefined);
    return data instanceof Promise
      ? data.then(
          (settled) => resultOf(run, settled),
          (error: GraphQLError) => resultWithout(run, error),
        )
      : resultOf(run, data);
  } catch (error) {
    return resultWithout(run, error as GraphQLError);
  }
}

type Data = Record<string, unknown>;

function resultOf({ errors, ...run }: Run, data: Data): ExecutionResult {
  if (run.holdsPrinted) holdsPrinted(data);
  return errors.length === 0 ? { data } : { errors, data };
}

function resultWithout({ errors }: Run, error: GraphQLError): ExecutionResult {
  return { errors: [...errors, error], data: null };
}

function executeFields(run: Run, plan: ObjectPlan, source: unknown, path: Path | undefined): Data | Promise<Data> {
  const data: Data = {};
  let waiting: Promise<void>[] | undefined;
  try {
    for (const field of plan.fields) {
      const value = executeField(run, field, source, path);
      // Noted at once, so that the answer has the order of the query.
      data[field.key] = value;
      if (isPromise(value)) (waiting ??= []).push(value.then((settled) => void (data[field.key] = settled)));
    }
  } catch (error) {
    if (waiting === undefined) throw error;
    // What is under way may fail as well, and somebody has to listen.
    return Promise.allSettled(waiting).then(() => {
      throw error;
    });
  }
  return waiting === undefined ? data : Promise.all(waiting).then(() => data);
}

function executeField(run: Run, field: FieldPlan, source: unknown, above: Path | undefined): unknown {
  const path: Path = { prev: above, key: field.key, typename: field.parent.name };
  try {
    const args = field.args ?? getArgumentValues(field.definition, field.nodes[0], run.variables, undefined, true);
    const found = field.resolve(source, args, run.context, infoOf(run, field, path));
    const value = isPromise(found)
      ? found.then((settled) => complete(run, field, field.gives, settled, path))
      : complete(run, field, field.gives, found, path);
    return isPromise(value) ? value.then(undefined, (error) => failed(run, field, field.gives, error, path)) : value;
  } catch (error) {
    return failed(run, field, field.gives, error, path);
  }
}

/** Notes what was thrown at its place, and gives null; throws it on where null may not stand. */
function failed(run: Run, field: FieldPlan, { required }: ValuePlan, thrown: unknown, path: Path): null {
  const all: unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  for (const one of all) {
    const error = locatedError(one, field.nodes, responsePathAsArray(path));
    if (required) throw error;
    run.errors.push(error);
  }
  return null;
}

function complete(run: Run, field: FieldPlan, plan: ValuePlan, found: unknown, path: Path): unknown {
  if (found instanceof Error) throw found;
  if (found === null || found === undefined) {
    if (!plan.required) return null;
    throw new Error(`Cannot return null for non-nullable field ${field.parent.name}.${field.definition.name}.`);
  }
  switch (plan.kind) {
    case 'LEAF':
      return completeLeaf(plan, found);
    case 'LIST':
      return completeList(run, field, plan, found, path);
    case 'OBJECT':
      return completeObject(run, field, plan, found, path);
  }
}

function completeLeaf({ type }: LeafPlan, found: unknown): unknown {
  let value: unknown;
  try {
    value = type.coerceOutputValue(found);
  } catch (error) {
    // The library's executor tells what a scalar throws without the scalar's own extensions.
    throw error instanceof GraphQLError ? new Error(error.message) : error;
  }
  if (value === null || value === undefined)
    throw new Error(`Expected ${type.name} to print a value, and it printed none.`);
  return value;
}

/** A list whose items answer alike to everybody is completed and printed once, however many requests are given it. */
function completeList(run: Run, field: FieldPlan, { item, made }: ListPlan, found: unknown, path: Path): unknown {
  if (made === null || !Array.isArray(found)) return completeItems(run, field, item, found, path);
  run.holdsPrinted = true;
  const known = made.get(found);
  if (known !== undefined) return known;
  const failuresBefore = run.errors.length;
  const values = completeItems(run, field, item, found, path);
  if (Array.isArray(values) && run.errors.length === failuresBefore) {
    made.set(found, values);
    printOnce(values);
  }
  return values;
}

function completeItems(run: Run, field: FieldPlan, plan: ValuePlan, found: unknown, path: Path): unknown {
  if (typeof found !== 'object' || found === null || !(Symbol.iterator in found)) {
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`,
    );
  }
  const values: unknown[] = [];
  let isWaiting = false;
  try {
    for (const item of found as Iterable<unknown>) {
      const value = completeItem(run, field, plan, item, { prev: path, key: values.length, typename: undefined });
      isWaiting ||= isPromise(value);
      values.push(value);
    }
  } catch (error) {
    // What is under way for earlier items may fail as well, and somebody has to listen.
    if (isWaiting) void Promise.allSettled(values);
    throw error;
  }
  return isWaiting ? Promise.all(values) : values;
}

function completeItem(run: Run, field: FieldPlan, plan: ValuePlan, item: unknown, path: Path): unknown {
  try {
    const value = isPromise(item)
      ? item.then((settled) => complete(run, field, plan, settled, path))
      : complete(run, field, plan, item, path);
    return isPromise(value) ? value.then(undefined, (error) => failed(run, field, plan, error, path)) : value;
  } catch (error) {
    return failed(run, field, plan, error, path);
  }
}

function completeObject(run: Run, field: FieldPlan, plan: ObjectPlan, found: unknown, path: Path): unknown {
  const { isTypeOf } = plan.type;
  if (typeof isTypeOf !== 'function') return executeFields(run, plan, found, path);
  const proceed = (isOfType: boolean): Data | Promise<Data> => {
    if (isOfType) return executeFields(run, plan, found, path);
    throw new GraphQLError(`Expected value of type "${plan.type.name}".`, { nodes: field.nodes });
  };
  const answer = isTypeOf(found, run.context, infoOf(run, field, path));
  return isPromise(answer) ? answer.then(proceed) : proceed(answer);
}

function infoOf(run: Run, { definition, nodes, parent }: FieldPlan, path: Path): GraphQLResolveInfo {
  const { plan, rootValue, variables } = run;
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: parent,
    path,
    schema: plan.schema,
    fragments: plan.fragments,
    rootValue,
    operation: plan.operation,
    variableValues: variables,
    getAbortSignal: neverAborted,
    getAsyncHelpers: untracked,
  };
}

const neverAborted = (): undefined => undefined;
/** Nobody waits for the end of work that a resolver leaves behind. */
const HELPERS = { promiseAll: Promise.all.bind(Promise), track: () => undefined };
const untracked = (): typeof HELPERS => HELPERS;

function isPromise<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
