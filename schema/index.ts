import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './scalars.ts';
import './errors.ts';

/** Everything, by role. */
export const schema: GraphQLSchema = builder.toSchema();
/** What widgets and partners may rely on: customers' own data, boards, activities. */
export const publicSchema: GraphQLSchema = builder.toSchema({ subGraph: 'Public' });
