import type { Statements } from '../postgres.ts';

/** A line of an activity as it was reported, and the activity that it is a part of. */
export type PurchasedLineRow = {
  activityId: string;
  messageId: string;
  occurredAt: Date;
  properties: Record<string, unknown>;
  lineId: string;
  amounts: Record<string, string>;
};

/**
 * Lines of a customer's activities before an instant whose ids end in one of the codes, that is `<anything>:<code>`; the
 * oldest activity first, lines in their order. Read through activity_of_customer; the codes are looked for in each
 * activity's own lines, so that the work grows with one customer's history and not with the program's.
 */
export async function selectPurchasedLines(
  statements: Statements,
  programId: string,
  customerExternalId: string,
  before: Date,
  codes: readonly string[],
): Promise<PurchasedLineRow[]> {
  return statements.query<PurchasedLineRow>(
    `/* select-purchased-lines */
    select a.id as "activityId", a.message_id as "messageId", a.occurred_at as "occurredAt", a.properties, line.value ->> 'id' as "lineId",
      line.value -> 'amounts' as amounts
    from customer c
    join activity a on a.program_id = c.program_id and a.customer_id = c.id and a.occurred_at < $3
    cross join jsonb_array_elements(a.lines) with ordinality as line (value, place)
    where c.program_id = $1 and c.external_id = $2 and substring(line.value ->> 'id' from position(':' in line.value ->> 'id') + 1) = any($4::text[])
    order by a.occurred_at, a.id, line.place`,
    [programId, customerExternalId, before, codes],
  );
}

/** One property of one reversal; a whole reversal names none. `amount` is plain-decimal text. */
export type ReversalRow = {
  activityId: string;
  kind: 'WHOLE' | 'PART';
  property: string | null;
  amount: string | null;
  lineIds: string[] | null;
  reason: string | null;
  points: number;
};

/** What was taken back of activities so far, in no order. */
export async function selectReversalsOf(
  statements: Statements,
  programId: string,
  activityIds: readonly string[],
): Promise<ReversalRow[]> {
  return statements.query<ReversalRow>(
    `/* select-reversals-of */
    select activity_id as "activityId", kind, property, trim_scale(amount)::text as amount, line_ids as "lineIds", reason,
      points_reversed as points
    from activity_reversal
    where program_id = $1 and activity_id = any($2::uuid[])`,
    [programId, activityIds],
  );
}
