import {
  getArgumentValues,
  TypeInfo,
  visit,
  validateSubscriptionArgs,
  visitWithTypeInfo,
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type GraphQLSchema,
} from 'graphql';

import type { Caller } from '#domain/caller.ts';
import type { Context } from '#schema/context.ts';
import { isSameForEqualRights } from '#schema/sharing.ts';

type IsPersonal = (args: Readonly<Record<string, unknown>>) => boolean;

const EXTENSION = 'sharedStream';

/**
 * Extensions of a subscription field whose stream has states that equal readers may share. `isPersonal` tells from the
 * arguments whether the stream itself depends on which customer, person or key asks.
 */
export function sharedStream(isPersonal: IsPersonal): Readonly<Record<string, unknown>> {
  return { [EXTENSION]: isPersonal };
}

/** The group that a reader belongs to, and from where on they read: the only thing in which readers of a group may differ. */
export type Membership = { name: string; after: string | null };

/**
 * Names the group of readers who must get the same bytes; null for a stream that nobody else may share. Equal names mean
 * the same document, operation and variables but for `after`, and callers of the same program, kind, role and permissions. Where anything
 * that was selected could depend on more than that, it also takes the same customer, person or key.
 */
export function membershipOf(args: ExecutionArgs): Membership | null {
  const { caller } = args.contextValue as Context;
  const rights = rightsOf(caller);
  const validated = validateSubscriptionArgs(args);
  if (rights === null || !('operation' in validated)) return null;
  const { schema, operation, variableValues } = validated;
  const [selection, ...others] = operation.selectionSet.selections;
  if (selection?.kind !== 'Field' || others.length > 0) return null;
  const field = schema.getSubscriptionType()?.getFields()[selection.name.value];
  const isPersonal = field?.extensions[EXTENSION] as IsPersonal | undefined;
  if (field === undefined || isPersonal === undefined) return null;
  const given = getArgumentValues(field, selection, variableValues);
  const isBound = isPersonal(given) || !isSameForAll(schema, args.document);
  const name = JSON.stringify([
    numberOf(args.document),
    operation.name?.value ?? null,
    { ...args.variableValues, ...withoutAfter(args.document, selection) },
    rights,
    isBound ? caller.actor : null,
  ]);
  return { name, after: typeof given['after'] === 'string' ? given['after'] : null };
}

/** Hides the variable that says from where on is read, unless something else of the document uses it as well. */
function withoutAfter(document: DocumentNode, field: FieldNode): Readonly<Record<string, undefined>> {
  const after = field.arguments?.find((argument) => argument.name.value === 'after')?.value;
  if (after?.kind !== 'Variable') return {};
  const name = after.name.value;
  let uses = 0;
  visit(document, {
    Variable(variable) {
      if (variable.name.value === name) uses += 1;
    },
  });
  // Its definition names it once.
  return uses === 2 ? { [name]: undefined } : {};
}

/** What the caller may do and see, or null for one who belongs to no program. */
function rightsOf(caller: Caller): readonly unknown[] | null {
  const permissions = [...caller.permissions].toSorted();
  switch (caller.kind) {
    case 'SECRET_KEY':
    case 'STAFF':
      return [caller.programId, caller.kind, caller.role, caller.adjustmentMax, permissions];
    case 'PUBLISHABLE_KEY':
    case 'CUSTOMER':
      return [caller.programId, caller.kind, permissions];
    case 'OPERATOR':
    case 'ANONYMOUS':
      return null;
  }
}

const numbers = new WeakMap<DocumentNode, number>();
let documents = 0;

/** Equal texts are one document, see the cache of documents. */
function numberOf(document: DocumentNode): number {
  const known = numbers.get(document);
  if (known !== undefined) return known;
  documents += 1;
  numbers.set(document, documents);
  return documents;
}

const judged = new WeakMap<DocumentNode, boolean>();

/** Whether every field below the root stands on a type marked as alike for equal rights. All others count as personal. */
function isSameForAll(schema: GraphQLSchema, document: DocumentNode): boolean {
  const known = judged.get(document);
  if (known !== undefined) return known;
  const types = new TypeInfo(schema);
  let isSame = true;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const parent = types.getParentType();
        if (parent === schema.getSubscriptionType()) return;
        if (!parent || !isSameForEqualRights(parent)) isSame = false;
      },
    }),
  );
  judged.set(document, isSame);
  return isSame;
}
