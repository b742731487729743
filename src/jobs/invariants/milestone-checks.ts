import type { InvariantCheck } from './invariant.ts';

/** What customers have reached. */
export const MILESTONE_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'milestones-are-effects',
    law: 'What a customer has reached of a milestone is an effect of the activity that is named, which is that customer’s.',
    severity: 'ERROR',
    query: `
      select m.program_id, m.customer_id, m.milestone_id, m.period, m.threshold, m.activity_id
      from milestone_reached m
      left join activity a on a.program_id = m.program_id and a.id = m.activity_id and a.occurred_at = m.reached_at
        and a.customer_id = m.customer_id
      where ($1::uuid is null or m.program_id = $1) and not coalesce(a.effects::jsonb @> jsonb_build_array(jsonb_build_object(
        'kind', 'MILESTONE_REACHED', 'milestoneId', m.milestone_id, 'period', m.period,
        'threshold', trim_scale(m.threshold)::text)), false)`,
  },
];
