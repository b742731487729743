import type { Goal } from '../harness/goal.ts';
import { activity } from './activity.ts';

/** All goals, in the order in which they run and stand in the results. */
export const GOALS: readonly Goal[] = [activity];
