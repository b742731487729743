import type { Statements } from '../postgres.ts';

/**
 * Where the record may hold words about a customer, or ties to others, and what becomes of them. $1 is the program, $2 the
 * customer, who is erased already: append-only tables let go of words of erased customers alone. Amounts, instants and ids
 * stay. Running any of them again changes nothing.
 */
const TRACES: readonly [name: string, sql: string][] = [
  ['inbox', 'delete from inbox_item where program_id = $1 and customer_id = $2'],
  ['log', 'delete from customer_event where program_id = $1 and customer_id = $2'],
  ['step-up-codes', 'delete from step_up_code where program_id = $1 and customer_id = $2'],
  [
    'friends-of',
    `delete from friend f using friend o where o.program_id = $1 and o.customer_id = $2 and f.program_id = $1
       and f.customer_id = o.friend_id and f.friend_id = $2`,
  ],
  ['friend-requests', "delete from friend where program_id = $1 and friend_id = $2 and state = 'REQUESTED'"],
  ['friends', 'delete from friend where program_id = $1 and customer_id = $2'],
  // Periods of streaks are by the customer's own clock, and say where that was.
  ['streak-periods', 'delete from streak_period where program_id = $1 and customer_id = $2'],
  ['streaks', 'delete from streak_state where program_id = $1 and customer_id = $2'],
  ['zones', 'delete from customer_zone_move where program_id = $1 and customer_id = $2'],
  [
    'seats',
    `delete from league_member m using season s
     where m.program_id = $1 and m.customer_id = $2 and s.program_id = $1 and s.id = m.season_id and s.frozen_at is null`,
  ],
  ['told-ranks', 'delete from rank_told where program_id = $1 and customer_id = $2'],
  ['league-places', 'delete from league_place where program_id = $1 and customer_id = $2'],
  // What is not known of is not shown either, on boards that are made later too.
  [
    'appearance',
    `insert into board_privacy (program_id, customer_id, appearance, alias, changed_at)
     select $1, $2, 'HIDDEN', null, erased_at from customer where program_id = $1 and id = $2
     on conflict (program_id, customer_id) do update set appearance = 'HIDDEN', alias = null, changed_at = excluded.changed_at
       where board_privacy.appearance <> 'HIDDEN' or board_privacy.alias is not null`,
  ],
  [
    'team-names',
    `update team set name = 'Former team'
     where program_id = $1 and captain_id = $2 and disbanded_at is not null and name <> 'Former team'`,
  ],
  [
    'enrolments',
    'update enrolment set reason = null where program_id = $1 and customer_id = $2 and reason is not null',
  ],
  [
    'holds',
    `update hold h set reason = null from ledger_account a
     where a.program_id = $1 and a.customer_id = $2 and h.program_id = $1 and h.account_id = a.id and h.reason is not null`,
  ],
  [
    'lots',
    `update lot l set release_key = null from ledger_account a
     where a.program_id = $1 and a.customer_id = $2 and l.program_id = $1 and l.account_id = a.id and l.release_key is not null`,
  ],
  [
    'transactions',
    `update ledger_transaction set reason = null
     where program_id = $1 and (customer_id = $2 or to_customer_id = $2) and reason is not null`,
  ],
  [
    'redemption-steps',
    `update redemption_event e set reason = null from redemption r
     where r.program_id = $1 and r.customer_id = $2 and e.program_id = $1 and e.redemption_id = r.id and e.reason is not null`,
  ],
  [
    'redemptions',
    `update redemption set reason = null, account_id = null
     where program_id = $1 and customer_id = $2 and (reason is not null or account_id is not null)`,
  ],
  [
    'tier-notes',
    'update tier_membership set note = null where program_id = $1 and customer_id = $2 and note is not null',
  ],
  [
    'tier-reviews',
    'update tier_standing set review_at = null where program_id = $1 and customer_id = $2 and review_at is not null',
  ],
  [
    'awards',
    `update badge_award set reason = null, revoked_reason = null, visible = false
     where program_id = $1 and customer_id = $2 and (visible or reason is not null or revoked_reason is not null)`,
  ],
  [
    'streak-notes',
    'update streak_event set note = null where program_id = $1 and customer_id = $2 and note is not null',
  ],
  [
    'reversals',
    `update activity_reversal r set reason = null, line_ids = null from activity a
     where a.program_id = $1 and a.customer_id = $2 and r.program_id = $1 and r.activity_id = a.id
       and (r.reason is not null or r.line_ids is not null)`,
  ],
];

/** Takes the words about an erased customer, and the ties to others, out of the record; what activities say is a matter of its own. */
export async function eraseTraces(tx: Statements, programId: string, customerId: string): Promise<void> {
  // Sent at once and run in this order.
  await Promise.all(TRACES.map(([name, sql]) => tx.query(`/* erase-${name} */ ${sql}`, [programId, customerId])));
}

/** What stays of the properties of activities of a type. */
export type KeptProperties = { activityTypeId: string; names: readonly string[] };

/**
 * Leaves of the activities of an erased customer what they were, when, and how much: of the properties those that are kept
 * and every number, of lines their amounts under numbers of their own. Their message ids are forgotten.
 */
export async function eraseActivities(
  tx: Statements,
  programId: string,
  customerId: string,
  kept: readonly KeptProperties[],
): Promise<void> {
  await tx.query(
    `/* erase-messages */ delete from activity_message m using activity a
     where a.program_id = $1 and a.customer_id = $2 and m.program_id = $1 and m.message_id = a.message_id and m.activity_id = a.id`,
    [programId, customerId],
  );
  await tx.query(
    `/* erase-activities */ update activity a set message_id = a.id::text, properties = kept.properties, lines = kept.lines
     from activity o
     left join unnest($3::uuid[], $4::text[]) as k (type_id, names) on k.type_id = o.activity_type_id
     cross join lateral (
       select coalesce((
           select jsonb_object_agg(key, value) from jsonb_each(o.properties)
           where jsonb_typeof(value) in ('number', 'boolean') or k.names::jsonb ? key
         ), '{}') as properties,
         coalesce((
           select jsonb_agg(jsonb_set(line, '{id}', to_jsonb(place::text)) order by place)
           from jsonb_array_elements(o.lines) with ordinality as l (line, place)
         ), '[]') as lines
     ) kept
     where o.program_id = $1 and o.customer_id = $2 and a.program_id = o.program_id and a.id = o.id
       and (o.message_id, o.properties, o.lines) is distinct from (o.id::text, kept.properties, kept.lines)`,
    [
      programId,
      customerId,
      kept.map(({ activityTypeId }) => activityTypeId),
      kept.map(({ names }) => JSON.stringify(names)),
    ],
  );
}

/** What stands between quotes in an outcome: among it are all ids, and looking them up costs less than a pattern. */
const QUOTED = "unnest(string_to_array(i.result::text, '\"'))";

/**
 * Forgets the outcomes of mutations that name an erased customer, or what is theirs, with the keys that callers chose. Those
 * of batches, which speak of others too, stay without what rules said of the customer's activities. Outcomes of erasures
 * stay. Looks through all outcomes of the program within `maxMs`.
 */
export async function eraseOutcomes(
  tx: Statements,
  programId: string,
  customerId: string,
  maxMs: number,
): Promise<void> {
  await tx.query(`set local statement_timeout = ${maxMs}`);
  await tx.query(
    `/* erase-outcomes */ with mine as materialized (
       select $2::uuid as id
       union all select id from activity where program_id = $1 and customer_id = $2
       union all select id from ledger_transaction where program_id = $1 and customer_id = $2
       union all select id from redemption where program_id = $1 and customer_id = $2
       union all select id from badge_award where program_id = $1 and customer_id = $2
       union all select id from season_prize where program_id = $1 and customer_id = $2
       union all select id from challenge_prize where program_id = $1 and customer_id = $2
       union all select team_id from team_member where program_id = $1 and customer_id = $2
       union all select id from hold where program_id = $1 and account_id in (
         select id from ledger_account where program_id = $1 and customer_id = $2)
     ), named as materialized (
       select i.mutation, i.key from idempotency i cross join lateral ${QUOTED} as word
       where i.program_id = $1 and i.mutation <> 'customerErase' and length(word) = 36 and word in (select id::text from mine)
       group by 1, 2
     ), gone as (
       delete from idempotency i using named n
       where i.program_id = $1 and i.mutation = n.mutation and i.key = n.key
         and n.mutation not like '%Batch' and n.mutation not in ('import', 'occasionCelebrate')
     )
     update idempotency i set result = jsonb_set(i.result::jsonb, '{items}', (
       select jsonb_agg(case when item ->> 'activityId' in (select id::text from mine) then item || '{"declines": null}' else item end order by place)
       from jsonb_array_elements(i.result::jsonb -> 'items') with ordinality as t (item, place)))::json
     from named n
     where i.program_id = $1 and i.mutation = n.mutation and i.key = n.key and n.mutation = 'activityTrackBatch'
       and i.result::text like '%"declines":[%'`,
    [programId, customerId],
  );
}
