import {
  defaultFieldResolver,
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { isItsOwn } from '#schema/sharing.ts';

/** A query of which everything is known that does not depend on a request. */
export type Plan = {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Record<string, FragmentDefinitionNode>;
  root: ObjectPlan;
};

export type FieldPlan = {
  /** The name in the answer. */
  key: string;
  nodes: readonly [FieldNode, ...FieldNode[]];
  parent: GraphQLObjectType;
  definition: GraphQLField<unknown, unknown>;
  resolve: GraphQLFieldResolver<unknown, unknown>;
  /** Null where they depend on variables. */
  args: Readonly<Record<string, unknown>> | null;
  gives: ValuePlan;
};

export type ObjectPlan = { kind: 'OBJECT'; required: boolean; type: GraphQLObjectType; fields: readonly FieldPlan[] };
export type ListPlan = {
  kind: 'LIST';
  required: boolean;
  item: ValuePlan;
  /** What was made of lists of items that answer alike to everybody, by those lists. Null where items may answer otherwise. */
  made: WeakMap<object, readonly unknown[]> | null;
};
export type LeafPlan = { kind: 'LEAF'; required: boolean; type: GraphQLLeafType };
/** How a value is completed; `required` for types that are not nullable. */
export type ValuePlan = ObjectPlan | ListPlan | LeafPlan;

/** Said of what has no plan: the library executes it. */
class Unplanned extends Error {}

/**
 * Plans a valid query in which every object's type and fields stand fixed. Null for anything else: mutations and
 * subscriptions, conditions and other directives, interfaces and unions, introspection, names that objects treat in a way of
 * their own.
 */
export function compilePlan(schema: GraphQLSchema, document: DocumentNode, name: string | undefined): Plan | null {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation, another] = operations.filter((one) => name === undefined || one.name?.value === name);
  if (operation?.operation !== 'query' || another !== undefined || hasDirectives(operation)) return null;
  const type = schema.getQueryType();
  if (type === undefined || type === null) return null;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<string, never>;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  try {
    const root = planObject({ schema, fragments }, type, [operation.selectionSet], false);
    return { schema, operation, fragments, root };
  } catch (error) {
    if (error instanceof Unplanned) return null;
    throw error;
  }
}

type Source = Pick<Plan, 'schema' | 'fragments'>;
type Collected = Map<string, [FieldNode, ...FieldNode[]]>;

function planObject(
  source: Source,
  type: GraphQLObjectType,
  selections: readonly SelectionSetNode[],
  required: boolean,
): ObjectPlan {
  const collected: Collected = new Map();
  for (const selection of selections) collect(source, type, selection, collected);
  const fields = [...collected].map(([key, nodes]) => planField(source, type, key, nodes));
  return { kind: 'OBJECT', required, type, fields };
}

function planField(
  source: Source,
  parent: GraphQLObjectType,
  key: string,
  nodes: [FieldNode, ...FieldNode[]],
): FieldPlan {
  const name = nodes[0].name.value;
  const definition = name === '__typename' ? TypeNameMetaFieldDef : parent.getFields()[name];
  if (definition === undefined || key === '__proto__') throw new Unplanned();
  const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return {
    key,
    nodes,
    parent,
    definition,
    resolve: definition.resolve ?? defaultFieldResolver,
    args: dependsOnVariables(nodes[0]) ? null : Object.freeze(getArgumentValues(definition, nodes[0])),
    gives: planValue(source, definition.type, below, false),
  };
}

function planValue(
  source: Source,
  type: GraphQLOutputType,
  below: readonly SelectionSetNode[],
  required: boolean,
): ValuePlan {
  if (isNonNullType(type)) return planValue(source, type.ofType, below, true);
  if (isListType(type)) {
    const item = planValue(source, type.ofType, below, false);
    return { kind: 'LIST', required, item, made: answersAlike(item) ? new WeakMap() : null };
  }
  if (isLeafType(type)) return { kind: 'LEAF', required, type };
  if (isObjectType(type)) return planObject(source, type, below, required);
  throw new Unplanned();
}

/** Whether all that is selected of an item is its own, the same for whoever asks and however often. */
function answersAlike(item: ValuePlan): boolean {
  return (
    item.kind === 'OBJECT' &&
    item.fields.every(({ definition, args, gives }) => gives.kind === 'LEAF' && args !== null && isItsOwn(definition))
  );
}

/** Fields of the same name in the answer are one field, selected together. */
function collect(source: Source, type: GraphQLObjectType, set: SelectionSetNode, into: Collected): void {
  for (const selection of set.selections) {
    if (hasDirectives(selection)) throw new Unplanned();
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const known = into.get(key);
      if (known === undefined) into.set(key, [selection]);
      else known.push(selection);
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? source.fragments[selection.name.value] : selection;
    if (fragment === undefined || hasDirectives(fragment)) throw new Unplanned();
    if (appliesTo(source.schema, fragment.typeCondition?.name.value, type)) {
      collect(source, type, fragment.selectionSet, into);
    }
  }
}

function appliesTo(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const wanted = schema.getType(condition);
  return wanted !== undefined && 'resolveType' in wanted && schema.getPossibleTypes(wanted).some((one) => one === type);
}

function hasDirectives({ directives }: { readonly directives?: readonly unknown[] | undefined }): boolean {
  return directives !== undefined && directives.length > 0;
}

/** Whether a variable stands anywhere in the arguments: constants may nest, and are looked through as the syntax tree. */
function dependsOnVariables(node: FieldNode): boolean {
  return (node.arguments ?? []).some(({ value }) => !isConstant(value));
}

function isConstant(value: NonNullable<FieldNode['arguments']>[number]['value']): boolean {
  if (value.kind === Kind.VARIABLE) return false;
  if (value.kind === Kind.LIST) return value.values.every(isConstant);
  return value.kind !== Kind.OBJECT || value.fields.every((field) => isConstant(field.value));
}
