import { visit, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/** How large a document is, in the measures that are limited. */
export type DocumentShape = {
  /** Levels of fields of the deepest operation, fragments spread, introspection left out. */
  depth: number;
  /** Aliased fields of the operation with the most of them, counted at every place where a fragment is spread. */
  aliases: number;
  /** Directives anywhere in the document. */
  directives: number;
};

type Extent = { depth: number; aliases: number };

const NOTHING: Extent = { depth: 0, aliases: 0 };

/**
 * Measures a parsed document without a schema, so that it can be refused before it is validated. Each fragment is measured
 * once, so that fragments which spread each other twice over cost no more than their text; circles count as nothing here
 * and are refused by validation.
 */
export function measureDocument(document: DocumentNode): DocumentShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Extent>();

  const extentOfFragment = (name: string): Extent => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) return NOTHING;
    measured.set(name, NOTHING);
    const extent = extentOf(fragment.selectionSet);
    measured.set(name, extent);
    return extent;
  };

  const extentOf = (selections: SelectionSetNode | undefined): Extent => {
    const sum = { depth: 0, aliases: 0 };
    for (const selection of selections?.selections ?? []) {
      let inner: Extent;
      if (selection.kind === 'Field') {
        const below = isIntrospection(selection.name.value) ? NOTHING : extentOf(selection.selectionSet);
        inner = { depth: below.depth + 1, aliases: below.aliases + (selection.alias === undefined ? 0 : 1) };
      } else {
        inner =
          selection.kind === 'FragmentSpread'
            ? extentOfFragment(selection.name.value)
            : extentOf(selection.selectionSet);
      }
      sum.depth = Math.max(sum.depth, inner.depth);
      sum.aliases += inner.aliases;
    }
    return sum;
  };

  const shape: DocumentShape = { depth: 0, aliases: 0, directives: countDirectives(document) };
  for (const definition of document.definitions) {
    // A fragment counts where it is spread: those of an introspection query are deep by themselves.
    if (definition.kind !== 'OperationDefinition') continue;
    const extent = extentOf(definition.selectionSet);
    shape.depth = Math.max(shape.depth, extent.depth);
    shape.aliases = Math.max(shape.aliases, extent.aliases);
  }
  return shape;
}

/** The standard introspection query alone has 15 levels; validation bounds it by a rule of its own. */
function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type';
}

function countDirectives(document: DocumentNode): number {
  let count = 0;
  visit(document, {
    Directive: () => {
      count += 1;
    },
  });
  return count;
}
