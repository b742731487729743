// Mercurius on Fastify with its just-in-time compiler: the fastest of the usual GraphQL servers on Node.
import process from 'node:process';

import { fastify } from 'fastify';
import { mercurius } from 'mercurius';

const app = fastify();
await app.register(mercurius, {
  schema: 'type Query { hello: String! }',
  resolvers: { Query: { hello: () => 'world' } },
  jit: 1,
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
