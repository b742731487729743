// Fan-out as graphql-ws does it from its documentation: every subscriber has an iterator of its own and every event is
// executed and printed once for each of them. A POST publishes its body as one event.
import { createServer } from 'node:http';
import process from 'node:process';

import {
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLFieldConfigMap,
  type GraphQLOutputType,
} from 'graphql';
import { GraphQLFloat, GraphQLList } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub } from 'graphql-yoga';
import { WebSocketServer } from 'ws';

const pubSub = createPubSub<{ changed: [event: Record<string, unknown>] }>();

/** A type for the example event: the schema need not be written again when the service's own fields change. */
function typeOf(name: string, example: unknown): GraphQLOutputType {
  if (Array.isArray(example)) return new GraphQLList(typeOf(name, example[0]));
  if (typeof example === 'number') return GraphQLFloat;
  if (example === null || typeof example !== 'object') return GraphQLString;
  const fields = Object.entries(example).flatMap(([field, value]): [string, { type: GraphQLOutputType }][] =>
    field === '__typename' ? [] : [[field, { type: typeOf(`${name}_${field}`, value) }]],
  );
  return new GraphQLObjectType({ name, fields: Object.fromEntries(fields) as GraphQLFieldConfigMap<unknown, unknown> });
}

const example = JSON.parse(process.env.EXAMPLE ?? '{}') as Record<string, unknown>;
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      changed: {
        type: typeOf('Changed', example),
        subscribe: () => pubSub.subscribe('changed'),
        resolve: (event: unknown) => event,
      },
    },
  }),
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    pubSub.publish('changed', JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
    response.end('{"data":true}');
  });
});
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(Number(process.env.PORT), '127.0.0.1');
