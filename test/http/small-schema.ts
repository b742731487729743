// A schema of the tests' own: every shape that the way in has to know, and nothing of the domain.
import {
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLError,
} from 'graphql';

import { ForbiddenError, NotFoundError, UnauthenticatedError, UnavailableError } from '#domain/errors.ts';
import type { Context } from '#schema/context.ts';

const string = { type: new GraphQLNonNull(GraphQLString) };

const Person: GraphQLObjectType = new GraphQLObjectType({
  name: 'Person',
  fields: () => ({
    name: { ...string, resolve: () => 'Ada' },
    friend: { type: new GraphQLNonNull(Person), resolve: () => ({}) },
    near: {
      type: new GraphQLList(Person),
      args: { radius: { type: GraphQLInt, default: { value: 5 } } },
      resolve: () => [{}],
    },
    badges: { type: new GraphQLList(Person), resolve: () => [{}, {}] },
    friends: {
      type: PersonConnection,
      args: { first: { type: GraphQLInt, default: { value: 10 } } },
      resolve: () => ({ nodes: [{}] }),
    },
  }),
});

const PersonEdge = new GraphQLObjectType({
  name: 'PersonEdge',
  fields: { node: { type: Person, resolve: () => ({}) } },
});
const PersonConnection = new GraphQLObjectType({
  name: 'PersonConnection',
  fields: {
    nodes: { type: new GraphQLList(Person) },
    edges: { type: new GraphQLList(PersonEdge), resolve: () => [{}] },
  },
});

function thrower(error: () => Error) {
  return {
    type: GraphQLString,
    resolve: async () => {
      throw error();
    },
  };
}

/** Ends never by itself: one number a call of `tick`. */
export const ticking = {
  waiting: new Set<(value: number) => void>(),
  tick(value: number): void {
    for (const resolve of ticking.waiting) resolve(value);
    ticking.waiting.clear();
  },
};

async function* ticks(): AsyncGenerator<{ ticks: number }> {
  for (;;) yield { ticks: await new Promise<number>((resolve) => ticking.waiting.add(resolve)) };
}

async function* numbers(upTo: number): AsyncGenerator<{ numbers: number }> {
  for (let number = 1; number <= upTo; number += 1) yield { numbers: number };
}

async function* breaking(): AsyncGenerator<{ breaking: number }> {
  yield { breaking: 1 };
  throw new Error('password=hunter2');
}

async function* flood(bytes: number): AsyncGenerator<{ flood: string }> {
  for (;;) yield { flood: 'x'.repeat(bytes) };
}

export const smallSchema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, Context>({
    name: 'Query',
    fields: {
      hello: { ...string, resolve: () => 'world' },
      echo: { type: GraphQLString, args: { text: string }, resolve: (_root, { text }: { text: string }) => text },
      number: {
        type: GraphQLInt,
        args: { value: { type: new GraphQLNonNull(GraphQLInt) } },
        resolve: (_root, { value }: { value: number }) => value,
      },
      me: { ...string, resolve: (_root, _args, context) => context.caller.actor },
      person: { type: new GraphQLNonNull(Person), resolve: () => ({}) },
      dear: { type: Person, resolve: () => ({}), extensions: { price: 70 } },
      people: {
        type: PersonConnection,
        args: { first: { type: GraphQLInt, default: { value: 20 } } },
        resolve: () => ({ nodes: [{}] }),
      },
      slow: { ...string, resolve: () => new Promise((resolve) => setTimeout(resolve, 300, 'done')) },
      large: {
        type: GraphQLString,
        args: { bytes: { type: GraphQLInt } },
        resolve: (_root, { bytes }: { bytes: number }) => 'x'.repeat(bytes),
      },
      secretFailure: thrower(() => new Error('password=hunter2 at /srv/app.ts')),
      sqlFailure: thrower(() => new TypeError('relation "customer" does not exist')),
      unauthenticated: thrower(() => new UnauthenticatedError('Send a key.')),
      forbidden: thrower(() => new ForbiddenError('Not yours.')),
      away: thrower(() => new UnavailableError('The database is away.')),
      missing: thrower(() => new NotFoundError('customer')),
      oddCode: thrower(() => new GraphQLError('inner words', { extensions: { code: 'ODD', stacktrace: ['at x'] } })),
      badInput: thrower(
        () => new GraphQLError('Take 1 to 100.', { extensions: { code: 'BAD_USER_INPUT', limit: 100 } }),
      ),
      broken: { ...string, resolve: () => null },
    },
  }),
  mutation: new GraphQLObjectType({
    name: 'Mutation',
    fields: { touch: { ...string, resolve: () => 'touched' }, make: { type: Person, resolve: () => ({}) } },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      numbers: {
        type: GraphQLInt,
        args: { upTo: { type: GraphQLInt } },
        subscribe: (_root, { upTo }: { upTo: number }) => numbers(upTo),
      },
      ticks: { type: GraphQLInt, subscribe: () => ticks() },
      flood: {
        type: GraphQLString,
        args: { bytes: { type: GraphQLInt } },
        subscribe: (_root, { bytes }: { bytes: number }) => flood(bytes),
      },
      failing: {
        type: GraphQLInt,
        subscribe: () => {
          throw new Error('password=hunter2');
        },
      },
      breaking: {
        type: GraphQLInt,
        subscribe: () => breaking(),
      },
    },
  }),
});
