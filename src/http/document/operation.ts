import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  OperationTypeNode,
  SelectionSetNode,
} from 'graphql';

import { compilePrice, type Price } from '../cost/price.ts';

/** What must be known of an operation before it runs, found out once a document. */
export type PreparedOperation = {
  kind: OperationTypeNode;
  /** What it costs with the given variables. */
  price: Price;
  /** Whether it reads `__schema`. */
  readsSchema: boolean;
  /** Response keys under which it reads `__type`. */
  typeKeys: readonly string[];
};

/** Prepares all operations of a valid document, by name; the empty name for one without. */
export function prepareOperations(schema: GraphQLSchema, document: DocumentNode): Map<string, PreparedOperation> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
    else if (definition.kind === 'OperationDefinition') operations.push(definition);
  }
  return new Map(
    operations.map((operation) => {
      const introspection = findIntrospection(operation.selectionSet, fragments);
      return [
        operation.name?.value ?? '',
        { kind: operation.operation, price: compilePrice(schema, operation, fragments), ...introspection },
      ];
    }),
  );
}

/** Both introspection fields stand at the root only, where fragments may hide them. */
function findIntrospection(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): { readsSchema: boolean; typeKeys: readonly string[] } {
  const found = { readsSchema: false, typeKeys: [] as string[] };
  const seen = new Set<string>();
  const search = (selections: SelectionSetNode): void => {
    for (const selection of selections.selections) {
      if (selection.kind === 'Field') {
        if (selection.name.value === '__schema') found.readsSchema = true;
        if (selection.name.value === '__type') found.typeKeys.push(selection.alias?.value ?? selection.name.value);
      } else if (selection.kind === 'InlineFragment') search(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) search(fragment.selectionSet);
      }
    }
  };
  search(root);
  return found;
}
