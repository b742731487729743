import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';

import { LIMITS } from '../limits.ts';
import { prepareDocument, type PreparedDocument, type RefusedDocument } from './prepare.ts';

/** Documents that have been parsed and validated before, by their text. One for HTTP, event streams and sockets. */
export type Documents = {
  prepare(text: string): PreparedDocument | RefusedDocument;
  /** Documents held at the moment. */
  size(): number;
};

/**
 * Keeps the latest valid documents of one schema, bounded by their number and by their characters. Refused documents are
 * not kept: nonsense, each time different, would push out what real clients send over and over.
 */
export function createDocuments(schema: GraphQLSchema): Documents {
  const byText = new LRUCache<string, PreparedDocument>({
    max: LIMITS.documentsCached,
    maxSize: LIMITS.documentsCachedCharacters,
    sizeCalculation: (_prepared, text) => Math.max(1, text.length),
  });
  return {
    prepare(text) {
      const known = byText.get(text);
      if (known !== undefined) return known;
      const prepared = prepareDocument(schema, text);
      if (!('errors' in prepared)) byText.set(text, prepared);
      return prepared;
    },
    size: () => byText.size,
  };
}
