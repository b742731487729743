import type { Goal } from '../harness/goal.ts';
import { activityBatch } from './activity-batch.ts';
import { activity } from './activity.ts';
import { customerList } from './customer-list.ts';
import { fanOut } from './fan-out.ts';
import { hotCustomer } from './hot-customer.ts';
import { leaderboard } from './leaderboard.ts';
import { rankGrowth } from './rank-growth.ts';
import { rankLatency } from './rank-latency.ts';
import { rules } from './rules.ts';
import { smallestQuery } from './smallest-query.ts';
import { statements } from './statements.ts';

/** All goals, in the order in which they run and stand in the results. */
export const GOALS: readonly Goal[] = [
  smallestQuery,
  customerList,
  leaderboard,
  rankGrowth,
  statements,
  activity,
  activityBatch,
  hotCustomer,
  rules,
  fanOut,
  rankLatency,
];
