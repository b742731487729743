import { createHash } from 'node:crypto';

import type { ObjectRef, OutputRef } from '@pothos/core';
import { GraphQLError } from 'graphql';

import type { PageRequest, Position } from '#domain/page.ts';

import { builder, type SchemaTypes } from './builder.ts';

/** Most rows of one page; more is refused, never cut in silence. */
export const PAGE_MAX = 100;
/** Rows of a page when the query names neither `first` nor `last`. */
export const PAGE_DEFAULT = 20;

const CURSOR_LENGTH_MAX = 2_000;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** A query that breaks a stated rule: answered beside the data as a top-level error. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** The four arguments of every connection: `args: { ...pageArgs, where: … }`. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    description: `How many from the front, 1 to ${PAGE_MAX}; ${PAGE_DEFAULT} when neither first nor last is given.`,
  }),
  after: t.string({ description: 'Only what follows this cursor, which belongs to the same filter and order.' }),
  last: t.int({ description: `How many from the back, 1 to ${PAGE_MAX}. Not together with first.` }),
  before: t.string({ description: 'Only what precedes this cursor, which belongs to the same filter and order.' }),
}));

export type PageArgs = {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
};

/** A page of one list; the binding stands for list, filter and order, and is part of every cursor of that list. */
export type BoundPage = PageRequest & { binding: string };

/**
 * Checks the arguments of a connection. `list` names all that decides what is listed and in which order (field, parent,
 * filter, sort): a cursor of another list is refused. `isKey` tells whether the text can be a sort key of this list,
 * so that a forged cursor never reaches a statement. Throws BAD_USER_INPUT.
 */
export function readPage(args: PageArgs, list: readonly unknown[], isKey: (key: string) => boolean): BoundPage {
  if (typeof args.first === 'number' && typeof args.last === 'number')
    throw badUserInput('Give first or last, not both.');
  const backwards = typeof args.last === 'number';
  const limit = args.last ?? args.first ?? PAGE_DEFAULT;
  if (limit < 1 || limit > PAGE_MAX) throw badUserInput(`${backwards ? 'last' : 'first'} is 1 to ${PAGE_MAX}.`);
  const binding = createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 11);
  const position = (cursor: string | null | undefined): Position | null =>
    typeof cursor === 'string' ? readCursor(cursor, binding, isKey) : null;
  return { limit, backwards, after: position(args.after), before: position(args.before), binding };
}

/** Sort keys that are whole numbers within ±(2^53−1), instants among them: as microseconds since 1970, which lose nothing. */
export const isIntegerKey = (key: string): boolean => /^-?\d{1,16}$/.test(key) && Number.isSafeInteger(Number(key));
/** Lists in order of their time-ordered ids need no other key. */
export const isEmptyKey = (key: string): boolean => key === '';

function readCursor(cursor: string, binding: string, isKey: (key: string) => boolean): Position {
  const parts = cursor.length > CURSOR_LENGTH_MAX ? null : partsOf(cursor);
  if (parts === null) throw badUserInput('This is not a cursor of this service.');
  const [bound, key, id] = parts;
  if (bound !== binding) throw badUserInput('This cursor belongs to another list, filter or order.');
  if (!isKey(key) || !UUID.test(id)) throw badUserInput('This is not a cursor of this service.');
  return { key, id };
}

function partsOf(cursor: string): [string, string, string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const [bound, key, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
    return typeof bound === 'string' && typeof key === 'string' && typeof id === 'string' ? [bound, key, id] : null;
  } catch {
    return null;
  }
}

/** One row with its cursor, which is printed only where a query asks for it. */
export class Edge<Node> {
  readonly node: Node;
  readonly #binding: string;
  readonly #position: Position;

  constructor(node: Node, binding: string, position: Position) {
    this.node = node;
    this.#binding = binding;
    this.#position = position;
  }

  get cursor(): string {
    return Buffer.from(JSON.stringify([this.#binding, this.#position.key, this.#position.id])).toString('base64url');
  }
}

/** A page as connections answer it: always in the order of the list, also when it was read from the back. */
export type Connection<Node> = { edges: readonly Edge<Node>[]; hasNextPage: boolean; hasPreviousPage: boolean };

/** Makes a connection of what was read: at most `limit + 1` rows in the direction of travel. */
export function connectionOf<Node>(
  rows: readonly Node[],
  page: BoundPage,
  positionOf: (node: Node) => Position,
): Connection<Node> {
  const edges = rows.slice(0, page.limit).map((node) => new Edge(node, page.binding, positionOf(node)));
  const more = rows.length > page.limit;
  return page.backwards
    ? { edges: edges.toReversed(), hasNextPage: page.before !== null, hasPreviousPage: more }
    : { edges, hasNextPage: more, hasPreviousPage: page.after !== null };
}

/**
 * Declares `<name>Connection` and `<name>Edge` for a node type. `subGraphs` as on any other type. Only one connection a
 * node type; lists of the same type share it.
 */
export function connectionType<Node>(
  name: string,
  node: OutputRef<Node>,
  options: { subGraphs?: 'Public'[] } = {},
): ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, Connection<Node>> {
  const subGraphs = options.subGraphs ?? [];
  const edge = builder.objectRef<Edge<Node>>(`${name}Edge`);
  edge.implement({
    description: `One ${name} in a list, with its place.`,
    subGraphs,
    fields: (t) => ({
      cursor: t.string({
        description: 'Its place; give it as after or before with the same filter and order.',
        resolve: (it) => it.cursor,
      }),
      node: t.field({ type: node, description: 'The item itself.', resolve: (it) => it.node as never }),
    }),
  });
  return builder.objectRef<Connection<Node>>(`${name}Connection`).implement({
    description: `A page of a list of type ${name}.`,
    subGraphs,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The items of this page with their cursors.',
        resolve: (it) => [...it.edges],
      }),
      nodes: t.field({
        type: [node],
        description: 'The items of this page.',
        resolve: (it) => it.edges.map((one) => one.node) as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Whether there is more, and the cursors at both ends.',
        resolve: (it) => ({
          hasNextPage: it.hasNextPage,
          hasPreviousPage: it.hasPreviousPage,
          startCursor: it.edges[0]?.cursor ?? null,
          endCursor: it.edges.at(-1)?.cursor ?? null,
        }),
      }),
    }),
  });
}
