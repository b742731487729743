import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The price list. A scalar is free, an object costs 1. A connection costs 1 and its page size times what one node costs;
 * edges and page information are free. A list without a page size counts as LIST_LENGTH items. A mutation costs 10, or
 * what its selection reads if that is more. Introspection costs 100. Members of a union are added up. A field that does work
 * of its own, whatever is read of it, says so in the schema (`extensions: { price }`).
 */
export type Price = (variables: Readonly<Record<string, unknown>> | undefined) => number;

/** One evaluation: the variables, and the fragments priced so far, each once, as they may spread each other manifold. */
type Run = { variables: Readonly<Record<string, unknown>> | undefined; priced: Map<Part, number> };
type Part = (run: Run) => number;

/** Where list fields get their length from inside a connection, and the fragments met there; the root has no length. */
type Place = { pageSize: Part | null; fragments: Map<string, Part> };

const OBJECT = 1;
const MUTATION = 10;
const INTROSPECTION = 100;
/** Lists that take no page size are short by design: badges of a customer, effects of an activity. */
const LIST_LENGTH = 10;
const PAGE_LENGTH = 20;

/** Arguments that say how many items are wanted, and how many that is. */
const SIZES: ReadonlyMap<string, (size: number) => number> = new Map([
  ['first', (size: number) => size],
  ['last', (size: number) => size],
  ['radius', (size: number) => 2 * size + 1],
]);

type Compiler = {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** All places outside of connections are the same place. */
  outside: Place;
  /** Defaults of the operation's variables that are whole numbers. */
  defaults: ReadonlyMap<string, number>;
  /** Set when the price depends on a variable. */
  varies: boolean;
};

const FREE: Part = () => 0;

/** Works the price of a valid operation out as far as it can be without its variables. */
export function compilePrice(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Price {
  const root = schema.getRootType(operation.operation);
  if (root === undefined || root === null) return () => 0;
  const outside: Place = { pageSize: null, fragments: new Map() };
  const compiler: Compiler = { schema, fragments, outside, defaults: defaultsOf(operation), varies: false };
  const part =
    operation.operation === 'mutation'
      ? priceOfMutations(compiler, operation.selectionSet, root)
      : priceOfSelections(compiler, operation.selectionSet, root, outside);
  if (compiler.varies) return (variables) => part({ variables, priced: new Map() });
  const constant = part({ variables: undefined, priced: new Map() });
  return () => constant;
}

function priceOfSelections(
  compiler: Compiler,
  selections: SelectionSetNode,
  type: GraphQLCompositeType,
  place: Place,
): Part {
  const parts: Part[] = [];
  for (const selection of selections.selections) {
    if (selection.kind === 'Field') parts.push(priceOfField(compiler, selection, type, place));
    else if (selection.kind === 'InlineFragment') {
      const narrowed = compositeNamed(compiler.schema, selection.typeCondition?.name.value) ?? type;
      parts.push(priceOfSelections(compiler, selection.selectionSet, narrowed, place));
    } else parts.push(priceOfFragment(compiler, selection.name.value, type, place));
  }
  return sum(parts);
}

function priceOfFragment(compiler: Compiler, name: string, type: GraphQLCompositeType, place: Place): Part {
  const known = place.fragments.get(name);
  if (known !== undefined) return known;
  const fragment = compiler.fragments.get(name);
  if (fragment === undefined) return FREE;
  const narrowed = compositeNamed(compiler.schema, fragment.typeCondition.name.value) ?? type;
  const part = once(priceOfSelections(compiler, fragment.selectionSet, narrowed, place));
  place.fragments.set(name, part);
  return part;
}

function priceOfField(compiler: Compiler, node: FieldNode, parent: GraphQLCompositeType, place: Place): Part {
  const name = node.name.value;
  if (name === '__schema' || name === '__type') return () => INTROSPECTION;
  const field = fieldOf(parent, name);
  const type = field === undefined ? undefined : getNamedType(field.type);
  if (field === undefined || node.selectionSet === undefined || !isCompositeType(type)) return FREE;
  if (type.name.endsWith('Connection')) {
    const pageSize = pageSizeOf(compiler, node, field) ?? ((): number => PAGE_LENGTH);
    const inner = priceOfSelections(compiler, node.selectionSet, type, { pageSize, fragments: new Map() });
    return (run) => OBJECT + inner(run);
  }
  const own = ownPrice(field, type.name);
  const inner = priceOfSelections(compiler, node.selectionSet, type, compiler.outside);
  if (!isListType(getNullableType(field.type))) return (run) => own + inner(run);
  const length = pageSizeOf(compiler, node, field) ?? place.pageSize ?? ((): number => LIST_LENGTH);
  return (run) => length(run) * (own + inner(run));
}

/** What a field costs by itself, beside what is read of it. */
function ownPrice(field: GraphQLField<unknown, unknown>, typeName: string): number {
  const { price } = field.extensions;
  if (typeof price === 'number') return price;
  return typeName.endsWith('Edge') || typeName === 'PageInfo' ? 0 : OBJECT;
}

function priceOfMutations(compiler: Compiler, selections: SelectionSetNode, root: GraphQLCompositeType): Part {
  const parts: Part[] = [];
  for (const selection of selections.selections) {
    if (selection.kind === 'Field') {
      const read = priceOfField(compiler, selection, root, compiler.outside);
      parts.push(selection.name.value === '__typename' ? FREE : (run) => Math.max(MUTATION, read(run)));
    } else if (selection.kind === 'InlineFragment')
      parts.push(priceOfMutations(compiler, selection.selectionSet, root));
    else parts.push(priceOfMutationFragment(compiler, selection.name.value, root));
  }
  return sum(parts);
}

function priceOfMutationFragment(compiler: Compiler, name: string, root: GraphQLCompositeType): Part {
  const known = compiler.outside.fragments.get(name);
  if (known !== undefined) return known;
  const fragment = compiler.fragments.get(name);
  const part = fragment === undefined ? FREE : once(priceOfMutations(compiler, fragment.selectionSet, root));
  compiler.outside.fragments.set(name, part);
  return part;
}

/**
 * How many items a field is asked for: `first` or `last`, or both sides of a `radius`; as written, from a variable, or the
 * schema's default. Null for fields without such an argument.
 */
function pageSizeOf(compiler: Compiler, node: FieldNode, field: GraphQLField<unknown, unknown>): Part | null {
  const declared = field.args.filter((arg) => SIZES.has(arg.name));
  if (declared.length === 0) return null;
  const given = node.arguments?.find((argument) => SIZES.has(argument.name.value));
  const itemsOf = SIZES.get(given?.name.value ?? declared[0]?.name ?? '') ?? ((size: number): number => size);
  const unasked = declared.map(defaultOf).find((value) => typeof value === 'number');
  const fallback = unasked === undefined ? PAGE_LENGTH : itemsOf(unasked);
  if (given?.value.kind === Kind.INT) {
    const size = Math.max(1, itemsOf(Number(given.value.value)));
    return () => size;
  }
  if (given?.value.kind !== Kind.VARIABLE) return () => fallback;
  compiler.varies = true;
  const name = given.value.name.value;
  const preset = compiler.defaults.get(name);
  const unset = preset === undefined ? fallback : itemsOf(preset);
  return ({ variables }) => {
    const size = variables?.[name];
    // A size that will be refused anyway must not make the price negative.
    return typeof size === 'number' && Number.isFinite(size) ? Math.max(1, itemsOf(size)) : unset;
  };
}

function defaultOf(argument: GraphQLArgument): unknown {
  return argument.default?.value ?? argument.defaultValue;
}

function defaultsOf(operation: OperationDefinitionNode): Map<string, number> {
  const defaults = new Map<string, number>();
  for (const definition of operation.variableDefinitions ?? []) {
    if (definition.defaultValue?.kind === Kind.INT)
      defaults.set(definition.variable.name.value, Number(definition.defaultValue.value));
  }
  return defaults;
}

function sum(parts: readonly Part[]): Part {
  if (parts.length <= 1) return parts[0] ?? FREE;
  return (run) => parts.reduce((total, part) => total + part(run), 0);
}

function once(part: Part): Part {
  return (run) => {
    let price = run.priced.get(part);
    if (price === undefined) {
      price = part(run);
      run.priced.set(part, price);
    }
    return price;
  };
}

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function compositeNamed(schema: GraphQLSchema, name: string | undefined): GraphQLCompositeType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}
