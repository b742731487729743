import type { GraphQLSchema } from 'graphql';

import { builder } from './builder.ts';
import './scalars.ts';
import './errors.ts';
import './customer-mutations.ts';
import './customer-balance.ts';
import './enrolment.ts';
import './account.ts';
import './timeline.ts';
import './viewer.ts';
import './program-mutations.ts';
import './identity-provider.ts';
import './customer-token.ts';
import './audit.ts';
import './boost.ts';
import './budget.ts';
import './occasion.ts';
import './api-key-mutations.ts';
import './activity-type.ts';
import './earning-rule-input.ts';
import './rule-set.ts';
import './how-to-earn.ts';
import './rule-set-proposal.ts';
import './rule-set-revision.ts';
import './rule-set-lifecycle.ts';
import './activity.ts';
import './activity-mutations.ts';
import './activity-batch.ts';
import './activity-reversal.ts';
import './leaderboard.ts';
import './leaderboard-mutations.ts';
import './leaderboard-check.ts';
import './ledger-transactions.ts';
import './ledger-mutations.ts';
import './ledger-corrections.ts';
import './economy.ts';
import './point-value.ts';
import './liability.ts';
import './expiring-points.ts';
import './idempotency-outcome.ts';
import '#subscriptions/leaderboard.ts';
import '#subscriptions/balance.ts';
import '#subscriptions/activity.ts';

/** Everything, by role. */
export const schema: GraphQLSchema = builder.toSchema();
/** What widgets and partners may rely on: customers' own data, boards, activities. */
export const publicSchema: GraphQLSchema = builder.toSchema({ subGraph: 'Public' });
