// A stream of states under the test's control, in a schema of its own: each item says which state it leads from and to.
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

import { SAME_FOR_EQUAL_RIGHTS } from '#schema/sharing.ts';
import { sharedStream } from '#subscriptions/audience.ts';
import { createStateStream } from '#subscriptions/stream.ts';

type State = { version: number };
type Step = { from: number; to: number };

/** The one stream, its present state and its sources. */
export const steps = {
  state: { version: 1 },
  /** Bytes of filling in every item. */
  bytes: 0,
  opened: 0,
  closed: 0,
  /** Holds every item back while it is being made. */
  hold: Promise.resolve(),
  wakes: new Set<() => void>(),
  /** Goes on to the next version and wakes all sources. */
  go(): number {
    steps.state = { version: steps.state.version + 1 };
    for (const wake of steps.wakes) wake();
    return steps.state.version;
  },
};

const int = { type: new GraphQLNonNull(GraphQLInt) };

const StepType = new GraphQLObjectType<Step>({
  name: 'Step',
  extensions: SAME_FOR_EQUAL_RIGHTS,
  fields: {
    from: int,
    to: {
      ...int,
      resolve: async ({ to }) => {
        await steps.hold;
        return to;
      },
    },
    filling: { type: GraphQLString, resolve: () => 'x'.repeat(steps.bytes) },
  },
});

export const stepsSchema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString, resolve: () => 'world' } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      step: {
        type: StepType,
        args: { label: { type: GraphQLString }, after: { type: GraphQLString } },
        extensions: sharedStream(() => false),
        resolve: (step: Step) => step,
        subscribe: () =>
          createStateStream<State, Step>(async ({ wake }) => {
            steps.opened += 1;
            steps.wakes.add(wake);
            return {
              look: async () => steps.state,
              at: async (after) => ({ version: Number(after) }),
              between: (from, to) => ({ from: from?.version ?? 0, to: to.version }),
              close() {
                steps.closed += 1;
                steps.wakes.delete(wake);
              },
            };
          }),
      },
    },
  }),
});
