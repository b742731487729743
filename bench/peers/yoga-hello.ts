// GraphQL Yoga as its documentation starts it: the stock form of the server that Laurel builds on.
import { createServer } from 'node:http';
import process from 'node:process';

import { createSchema, createYoga } from 'graphql-yoga';

const yoga = createYoga({
  logging: false,
  graphiql: false,
  schema: createSchema({
    typeDefs: 'type Query { hello: String! }',
    resolvers: { Query: { hello: () => 'world' } },
  }),
});

createServer((request, response) => void yoga(request, response)).listen(Number(process.env.PORT), '127.0.0.1');
