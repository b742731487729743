// The stock stack's way to list customers: Yoga, Pothos and Prisma with its join strategy, over Laurel's own tables. Not
// as a Relay connection: given a cursor, Prisma leaves the join strategy and is many times slower.
import { createServer } from 'node:http';
import process from 'node:process';

import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import { PrismaPg } from '@prisma/adapter-pg';
import { createYoga } from 'graphql-yoga';

import { PrismaClient } from './generated/client.ts';
import { getDatamodel } from './generated/pothos.ts';

const CONNECTIONS = 10;
const programId = process.env.PROGRAM_ID;
const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS }),
});
const builder = new SchemaBuilder({
  plugins: [PrismaPlugin],
  prisma: { client: prisma, dmmf: getDatamodel() },
});

builder.prismaObject('Account', {
  fields: (t) => ({
    id: t.exposeID('id'),
    externalId: t.exposeString('externalId'),
    name: t.exposeString('name', { nullable: true }),
  }),
});

builder.prismaObject('LedgerAccount', {
  fields: (t) => ({
    pending: t.float({ resolve: ({ pending }) => Number(pending) }),
    available: t.float({ resolve: ({ available }) => Number(available) }),
    held: t.float({ resolve: ({ held }) => Number(held) }),
  }),
});

builder.prismaObject('Customer', {
  fields: (t) => ({
    id: t.exposeID('id'),
    externalId: t.exposeString('externalId'),
    displayName: t.exposeString('displayName', { nullable: true }),
    account: t.relation('account', { nullable: true }),
    balances: t.relation('balances'),
  }),
});

builder.queryType({
  fields: (t) => ({
    customers: t.prismaField({
      type: ['Customer'],
      args: { first: t.arg.int({ required: true }), after: t.arg.string({ required: true }) },
      resolve: (query, _root, { first, after }) =>
        prisma.customer.findMany({
          ...query,
          where: { programId, id: { gt: after } },
          orderBy: { id: 'asc' },
          take: first,
        }),
    }),
  }),
});

const yoga = createYoga({ schema: builder.toSchema(), logging: false, graphiql: false });
createServer((request, response) => void yoga(request, response)).listen(Number(process.env.PORT), '127.0.0.1');
