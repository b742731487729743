import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

// A document that is kept in the cache is the same object at every request, so that each is walked once.
const known = new WeakMap<FieldNode, NodeFields>();

/** Fields by name, each with the names of the fields that are asked of what it gives. */
export type NodeFields = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * All fields that a query may ask of the nodes of the connection that is being resolved, through `nodes` and
 * `edges { node }`, fragments included. Conditions (`@skip`, `@include`, types) are not looked at: the answer is rather too
 * large than too small.
 */
export function nodeFieldsOf(info: GraphQLResolveInfo): NodeFields {
  const [first] = info.fieldNodes;
  const remembered = first !== undefined && info.fieldNodes.length === 1 ? known.get(first) : undefined;
  if (remembered !== undefined) return remembered;
  const found = new Map<string, Set<string>>();
  const collect = (node: FieldNode): void => {
    for (const { name, selectionSet } of fieldsOf(node.selectionSet, info)) {
      const below = found.get(name.value) ?? new Set();
      for (const field of fieldsOf(selectionSet, info)) below.add(field.name.value);
      found.set(name.value, below);
    }
  };
  for (const connection of info.fieldNodes.flatMap((node) => fieldsOf(node.selectionSet, info))) {
    if (connection.name.value === 'nodes') collect(connection);
    if (connection.name.value !== 'edges') continue;
    for (const edge of fieldsOf(connection.selectionSet, info)) if (edge.name.value === 'node') collect(edge);
  }
  if (first !== undefined && info.fieldNodes.length === 1) known.set(first, found);
  return found;
}

/** The fields of a selection, those of its fragments included. The document is valid: fragments never go round. */
function fieldsOf(selectionSet: SelectionSetNode | undefined, info: GraphQLResolveInfo): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, info);
    return fieldsOf(info.fragments[selection.name.value]?.selectionSet, info);
  });
}
