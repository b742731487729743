import type { UsageKey } from '#domain/earning/evaluate.ts';

import type { Statements } from './postgres.ts';

export type BudgetUsageRow = UsageKey & { points: number; uses: number };

/** Usage of budgets by period, made where there is none yet, and locked until the transaction ends, in one order. */
export async function lockBudgets(
  statements: Statements,
  programId: string,
  keys: readonly UsageKey[],
): Promise<BudgetUsageRow[]> {
  if (keys.length === 0) return [];
  return statements.query<BudgetUsageRow>(
    `/* lock-budgets */
    insert into budget_usage (program_id, budget_id, period)
    select $1, budget_id, period from unnest($2::uuid[], $3::text[]) as key (budget_id, period) order by 2, 3
    on conflict (program_id, budget_id, period) do update set points = budget_usage.points
    returning budget_id as subject, period, points, uses`,
    [programId, keys.map((key) => key.subject), keys.map((key) => key.period)],
  );
}

/** Adds to budgets that are locked; a negative addition gives room back. Rows must be distinct. */
export async function addBudgetUsage(
  statements: Statements,
  programId: string,
  rows: readonly BudgetUsageRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await statements.query(
    `/* add-budget-usage */
    update budget_usage b set points = greatest(0, b.points + row.points), uses = greatest(0, b.uses + row.uses)
    from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) as row (budget_id, period, points, uses)
    where b.program_id = $1 and b.budget_id = row.budget_id and b.period = row.period`,
    [
      programId,
      rows.map((row) => row.subject),
      rows.map((row) => row.period),
      rows.map((row) => row.points),
      rows.map((row) => row.uses),
    ],
  );
}

/** What has been used of a program's budgets, newest periods first, at most 1,000 rows. */
export async function readBudgetUsage(
  statements: Statements,
  programId: string,
  budgetIds: readonly string[],
): Promise<BudgetUsageRow[]> {
  return statements.query<BudgetUsageRow>(
    `/* read-budget-usage */
    select budget_id as subject, period, points, uses from budget_usage
    where program_id = $1 and budget_id = any($2) order by period desc, budget_id limit 1000`,
    [programId, budgetIds],
  );
}
