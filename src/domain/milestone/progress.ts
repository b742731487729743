import type { Big } from 'big.js';

import type { Window } from '../tier/period.ts';
import type { CompiledMilestone } from './compile.ts';

/** How far a customer is with a milestone in the running period. */
export type MilestoneProgress = {
  customerId: string;
  compiled: CompiledMilestone;
  /** The name of the period, and its local days [from, to). */
  period: string;
  window: Window;
  value: Big;
  /** The next threshold that can still award; null when there is none. */
  next: Big | null;
  missing: Big | null;
  /** What is reached in this period, the highest threshold first. */
  reached: readonly { threshold: string; activityId: string; reachedAt: Date }[];
};
