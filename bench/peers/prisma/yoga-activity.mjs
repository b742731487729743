// The stock stack's way to write one activity: Yoga, and an interactive Prisma transaction per mutation. Plain
// JavaScript, because its client is generated on first use.
import { createServer } from 'node:http';
import process from 'node:process';

import { PrismaPg } from '@prisma/adapter-pg';
import { createSchema, createYoga } from 'graphql-yoga';

import { PrismaClient } from './generated/client.ts';

const CONNECTIONS = 16;
/** The load keeps more calls waiting than there are connections; none of them may be given up. */
const PATIENCE = { maxWait: 60_000, timeout: 60_000 };

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS }),
});

/** @param {unknown} _root @param {{ messageId: string, memberId: number, points: number }} activity */
function track(_root, { messageId, memberId, points }) {
  return prisma.$transaction(async (tx) => {
    const known = await tx.event.findUnique({ where: { messageId } });
    if (known !== null) return 0;
    await tx.event.create({ data: { messageId, memberId, points, type: 'purchase', occurredAt: new Date() } });
    const balance = await tx.balance.update({ where: { memberId }, data: { points: { increment: points } } });
    await tx.entry.create({ data: { memberId, messageId, amount: points, balanceAfter: balance.points } });
    return points;
  }, PATIENCE);
}

const yoga = createYoga({
  logging: false,
  graphiql: false,
  schema: createSchema({
    typeDefs: `
      type Query { hello: String! }
      type Mutation { track(messageId: String!, memberId: Int!, points: Int!): Int! }`,
    resolvers: { Query: { hello: () => 'world' }, Mutation: { track } },
  }),
});

createServer((request, response) => void yoga(request, response)).listen(Number(process.env.PORT), '127.0.0.1');
