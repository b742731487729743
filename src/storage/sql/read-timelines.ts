import type { TimelineEntry, TimelineKind } from '#domain/customer/timeline.ts';
import { publicId } from '#domain/ids.ts';
import type { PageRequest, Position } from '#domain/page.ts';

import type { Bind } from '../customer-condition.ts';
import type { Statements } from '../postgres.ts';

type Branch = { from: string; at: string; id: string; actor: string; detail: string };

/** Where each kind of thing is on record, for the customer `who`. Points that came by transfer are the receiver's, too. */
const BRANCHES: Record<TimelineKind, readonly Branch[]> = {
  ACTIVITY: [
    {
      from: 'activity a where a.program_id = $1 and a.customer_id = who.id',
      at: 'a.occurred_at',
      id: 'a.id',
      actor: 'a.actor',
      detail: "jsonb_build_object('activityTypeId', a.activity_type_id, 'channel', a.channel)",
    },
  ],
  REVERSAL: [
    {
      from: `activity a join activity_reversal r on r.program_id = a.program_id and r.activity_id = a.id
        where a.program_id = $1 and a.customer_id = who.id`,
      at: 'r.occurred_at',
      id: 'r.id',
      actor: 'r.actor',
      detail: `jsonb_build_object('activityId', r.activity_id, 'isWhole', r.kind = 'WHOLE', 'pointsReversed', r.points_reversed,
        'pointsUncollected', r.points_uncollected, 'reason', r.reason)`,
    },
  ],
  POINTS: [ledger('customer_id', 'false'), ledger('to_customer_id', 'true')],
  REDEMPTION: [
    {
      from: `redemption d join redemption_event v on v.program_id = d.program_id and v.redemption_id = d.id
        where d.program_id = $1 and d.customer_id = who.id`,
      at: 'v.at',
      // The steps of one redemption may be of one instant: its id, which ends with the step's number here, keeps their order.
      id: "overlay(d.id::text placing lpad(v.version::text, 4, '0') from 33)::uuid",
      actor: 'v.actor',
      detail: "jsonb_build_object('redemptionId', d.id, 'state', v.state, 'reason', v.reason)",
    },
  ],
  ENROLMENT: [
    {
      from: 'enrolment e where e.program_id = $1 and e.customer_id = who.id',
      at: 'e.from_at',
      id: 'e.id',
      actor: 'e.actor',
      detail: "jsonb_build_object('state', e.state, 'reason', e.reason)",
    },
  ],
  PROFILE: [
    {
      from: 'audit_entry p where p.program_id = $1 and p.subject = who.subject',
      at: 'p.recorded_at',
      id: 'p.id',
      actor: 'p.actor',
      detail: "jsonb_build_object('action', p.action, 'before', p.before, 'after', p.after)",
    },
  ],
};

function ledger(customer: string, isReceived: string): Branch {
  return {
    from: `ledger_transaction l where l.program_id = $1 and l.${customer} = who.id`,
    at: 'l.effective_at',
    id: 'l.id',
    actor: 'l.actor',
    detail: `jsonb_build_object('transactionKind', l.kind, 'currencyId', l.currency_id, 'amount', l.amount,
      'isReceived', ${isReceived}, 'activityId', l.activity_id, 'reason', l.reason)`,
  };
}

/**
 * What happened to several customers, newest first, each one's page cut by itself, in one statement; every page is the
 * same request. Each kind is cut to the page before the kinds are merged, so that no more than a page of each is sorted.
 * Answers up to `limit + 1` entries a customer, in the direction of travel.
 */
export async function readTimelines(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
  kinds: readonly TimelineKind[],
  page: PageRequest,
): Promise<TimelineEntry[]> {
  const subjects = customerIds.map((id) => publicId('Customer', id));
  const values: unknown[] = [programId, customerIds, subjects, page.limit + 1];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const direction = page.backwards ? 'asc' : 'desc';
  const older = boundary(page.after, '<', bind);
  const newer = boundary(page.before, '>', bind);
  const branches = kinds.flatMap((kind) =>
    BRANCHES[kind].map(
      ({ from, at, id, actor, detail }) =>
        `(select '${kind}' as kind, ${id} as id, ${at} as at, ${actor} as actor, ${detail} as detail
          from ${from}${older(at, id)}${newer(at, id)}
          order by ${at} ${direction}, ${id} ${direction} limit $4::bigint)`,
    ),
  );
  return statements.query<TimelineEntry>(
    `/* read-timelines */
    select who.id as "customerId", entry.*, (extract(epoch from entry.at) * 1000000)::bigint::text as key
    from unnest($2::uuid[], $3::text[]) as who (id, subject) cross join lateral (
      select * from (${branches.join(' union all ')}) as merged
      order by at ${direction}, id ${direction} limit $4::bigint
    ) as entry
    order by who.id, entry.at ${direction}, entry.id ${direction}`,
    values,
  );
}

/** A condition that keeps to one side of a position, for whatever columns hold instant and id. */
function boundary(position: Position | null, operator: string, bind: Bind): (at: string, id: string) => string {
  if (position === null) return () => '';
  const instant = `timestamptz 'epoch' + ${bind(position.key, 'bigint')} * interval '1 microsecond'`;
  const bound = bind(position.id, 'uuid');
  return (at, id) => ` and (${at}, ${id}) ${operator} (${instant}, ${bound})`;
}
