import { Big } from 'big.js';

import type { ChallengeGoal } from '#domain/challenge/challenge.ts';
import type { SharedPrize } from '#domain/challenge/prize.ts';
import type { Run } from '#domain/challenge/run.ts';

import type { Statements } from './postgres.ts';
import { arrayText } from './sql/columns.ts';
import { insertPart, runParts, type Columns, type StatementPart } from './sql/statement-parts.ts';

/** The runs of one owner of one challenge in one period. */
export type RunKey = { challengeId: string; ownerId: string; period: string };
/** The newest of them, and how many were completed. */
export type LatestRun = { latest: Run | null; completions: number };

type RunRow = Omit<Run, 'amounts'> & { amounts: Record<string, string> | null };

/** The columns of a run `r` as `Run` names them, with its steps. */
export const RUN_COLUMNS = `r.id, r.challenge_id as "challengeId", r.owner_id as "ownerId", r.period, r.number, r.state,
  r.started_at as "startedAt", r.ends_at as "endsAt", r.completed_at as "completedAt",
  (select jsonb_object_agg(s.step, trim_scale(s.amount)::text) from challenge_step s
   where s.program_id = r.program_id and s.run_id = r.id) as amounts`;

/** A run as the domain knows it. */
export function toRun({ amounts, ...run }: RunRow): Run {
  return { ...run, amounts: new Map(Object.entries(amounts ?? {}).map(([step, amount]) => [step, new Big(amount)])) };
}

/**
 * Lets nobody else count for these owners' shared goals until the transaction ends, so that what is read then is what is
 * moved on. Taken in one order.
 */
export async function lockSharedGoals(tx: Statements, keys: readonly RunKey[]): Promise<void> {
  if (keys.length === 0) return;
  const names = [...new Set(keys.map(({ challengeId, ownerId }) => `${challengeId} ${ownerId}`))].toSorted();
  await tx.query(
    `/* lock-shared-goals */ select pg_advisory_xact_lock(hashtextextended('challenge ' || name, 0))
     from (select name from unnest($1::text[]) as name order by name) as named`,
    [names],
  );
}

/** The newest run of each key, in their order. The lock of the owner keeps them still. */
export async function readLatestRuns(
  statements: Statements,
  programId: string,
  keys: readonly RunKey[],
): Promise<LatestRun[]> {
  if (keys.length === 0) return [];
  type Row = (RunRow | { id: null }) & { completions: number };
  const rows = await statements.query<Row>(
    `/* read-latest-runs */
    select latest.*, done.completions
    from unnest($2::uuid[], $3::uuid[], $4::text[]) with ordinality as key (challenge_id, owner_id, period, position)
    left join lateral (
      select ${RUN_COLUMNS} from challenge_run r
      where r.program_id = $1 and r.challenge_id = key.challenge_id and r.owner_id = key.owner_id and r.period = key.period
      order by r.number desc limit 1
    ) latest on true
    cross join lateral (
      select count(*)::int as completions from challenge_run r
      where r.program_id = $1 and r.challenge_id = key.challenge_id and r.owner_id = key.owner_id and r.period = key.period
        and r.state = 'COMPLETED'
    ) done
    order by key.position`,
    [
      programId,
      arrayText(keys.map((key) => key.challengeId)),
      arrayText(keys.map((key) => key.ownerId)),
      arrayText(keys.map((key) => key.period)),
    ],
  );
  return rows.map(({ completions, ...row }) => ({ latest: row.id === null ? null : toRun(row), completions }));
}

/** Which of these challenges customers have completed, at any time. */
export async function readCompleted(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
  challengeIds: readonly string[],
): Promise<{ customerId: string; challengeId: string }[]> {
  if (customerIds.length === 0 || challengeIds.length === 0) return [];
  return statements.query(
    `/* read-completed-challenges */
    select distinct r.owner_id as "customerId", r.challenge_id as "challengeId" from challenge_run r
    where r.program_id = $1 and r.challenge_id = any($3::uuid[]) and r.owner_id = any($2::uuid[]) and r.state = 'COMPLETED'`,
    [programId, arrayText(customerIds), arrayText(challengeIds)],
  );
}

/** Runs by their ids, with what only those who write them know. */
export async function readRuns(statements: Statements, programId: string, ids: readonly string[]): Promise<RunWrite[]> {
  type Row = RunRow & Pick<RunWrite, 'goal' | 'completedBy' | 'prize'>;
  const rows = await statements.query<Row>(
    `/* read-challenge-runs */ select ${RUN_COLUMNS}, r.goal, r.completed_by as "completedBy", r.prize
     from challenge_run r where r.program_id = $1 and r.id = any($2::uuid[]) order by r.id`,
    [programId, ids],
  );
  return rows.map(({ goal, completedBy, prize, ...run }) => ({ ...toRun(run), goal, completedBy, prize }));
}

/** What the customer's activities that were not reversed as a whole have counted for a run, by step. */
export async function readStanding(
  tx: Statements,
  programId: string,
  { customerId, runId }: { customerId: string; runId: string },
): Promise<Map<string, Big>> {
  const rows = await tx.query<{ step: string; amount: string }>(
    `/* read-standing-progress */ select s ->> 'step' as step, sum((s ->> 'amount')::numeric)::text as amount
     from activity a
     cross join lateral jsonb_path_query(a.effects, '$[*] ? (@.kind == "CHALLENGE_PROGRESSED")') f
     cross join lateral jsonb_array_elements(f -> 'steps') s
     where a.program_id = $1 and a.customer_id = $2 and f ->> 'runId' = $3::text and not exists (
       select from activity_reversal r where r.program_id = a.program_id and r.activity_id = a.id and r.kind = 'WHOLE')
     group by 1`,
    [programId, customerId, runId],
  );
  return new Map(rows.map(({ step, amount }) => [step, new Big(amount)]));
}

/** A run to be written, whole. */
export type RunWrite = Run & {
  goal: ChallengeGoal;
  completedBy: string | null;
  /** What a shared goal gives that was reached; null otherwise. */
  prize: SharedPrize | null;
};
export type ContributionWrite = { runId: string; customerId: string; activities: number };

const RUNS: Columns<RunWrite> = {
  id: ['uuid', (row) => row.id],
  challenge_id: ['uuid', (row) => row.challengeId],
  goal: ['text', (row) => row.goal],
  owner_id: ['uuid', (row) => row.ownerId],
  period: ['text', (row) => row.period],
  number: ['integer', (row) => row.number],
  state: ['text', (row) => row.state],
  started_at: ['timestamptz', (row) => row.startedAt],
  ends_at: ['timestamptz', (row) => row.endsAt],
  completed_at: ['timestamptz', (row) => row.completedAt],
  completed_by: ['uuid', (row) => row.completedBy],
  prize: ['jsonb', (row) => JSON.stringify(row.prize)],
};
const STEPS: Columns<{ runId: string; step: string; amount: string }> = {
  run_id: ['uuid', (row) => row.runId],
  step: ['text', (row) => row.step],
  amount: ['numeric', (row) => row.amount],
};
const CONTRIBUTIONS: Columns<ContributionWrite> = {
  run_id: ['uuid', (row) => row.runId],
  customer_id: ['uuid', (row) => row.customerId],
  activities: ['integer', (row) => row.activities],
};

/** Writes runs as they are now, new ones and others, with their steps, and adds to who contributed. */
export async function writeRuns(
  tx: Statements,
  programId: string,
  runs: readonly RunWrite[],
  contributions: readonly ContributionWrite[],
): Promise<void> {
  const steps = runs.flatMap(({ id, amounts }) =>
    [...amounts].map(([step, amount]) => ({ runId: id, step, amount: amount.toFixed() })),
  );
  const parts: StatementPart[] = [];
  if (runs.length > 0)
    parts.push(
      insertPart(
        'challenge_run',
        programId,
        RUNS,
        runs,
        `on conflict (program_id, id) do update set state = excluded.state, completed_at = excluded.completed_at,
          completed_by = excluded.completed_by, prize = excluded.prize`,
      ),
    );
  if (steps.length > 0)
    parts.push(
      insertPart(
        'challenge_step',
        programId,
        STEPS,
        steps,
        'on conflict (program_id, run_id, step) do update set amount = excluded.amount',
      ),
    );
  if (contributions.length > 0)
    parts.push(
      insertPart(
        'challenge_contribution',
        programId,
        CONTRIBUTIONS,
        contributions,
        `on conflict (program_id, run_id, customer_id) do update
          set activities = greatest(0, challenge_contribution.activities + excluded.activities)`,
      ),
    );
  await runParts(tx, 'write-challenge-runs', parts);
}

/** A shared goal that was reached, and whose prizes are to be given. */
export type SettlingRun = Pick<Run, 'id' | 'ownerId'> & {
  programId: string;
  goal: 'TEAM' | 'COMMUNITY';
  completedAt: Date;
  prize: SharedPrize | null;
  settledTo: string | null;
};

/** Shared goals of any program that were reached and not settled. */
export async function findUnsettledRuns(
  reads: Statements,
  limit: number,
): Promise<{ programId: string; id: string }[]> {
  return reads.query(
    `/* find-unsettled-runs */ select program_id as "programId", id from challenge_run
     where state = 'COMPLETED' and goal <> 'PERSONAL' and settled_at is null order by program_id, id limit $1`,
    [limit],
  );
}

/** Locks one of them; null when another process works on it or is done with it. */
export async function lockUnsettledRun(tx: Statements, programId: string, id: string): Promise<SettlingRun | null> {
  const [run = null] = await tx.query<SettlingRun>(
    `/* lock-unsettled-run */ select program_id as "programId", id, goal, owner_id as "ownerId", completed_at as "completedAt", prize,
      settled_to as "settledTo"
     from challenge_run where program_id = $1 and id = $2 and settled_at is null for update skip locked`,
    [programId, id],
  );
  return run;
}

/**
 * The next customers whom a reached goal gives something, by id: contributors, and where `bystanders` those who could have
 * been: who is in the team, or enrolled. Only of those who are enrolled now.
 */
export async function findPrizeWinners(
  tx: Statements,
  { programId, id, goal, ownerId, completedAt, settledTo }: SettlingRun,
  { contributorMinimum, bystanders, limit }: { contributorMinimum: number; bystanders: boolean; limit: number },
): Promise<{ customerId: string; hasContributed: boolean }[]> {
  return tx.query(
    `/* find-prize-winners */
    select c.id as "customerId", coalesce(k.activities, 0) >= $4 as "hasContributed"
    from customer c
    left join challenge_contribution k on k.program_id = c.program_id and k.run_id = $2 and k.customer_id = c.id
    where c.program_id = $1 and c.id > coalesce($3, '00000000-0000-0000-0000-000000000000'::uuid) and c.enrolment_state = 'ENROLLED'
      and (coalesce(k.activities, 0) >= $4 or ($5 and ($6 = 'COMMUNITY' or exists (
        select from team_member m where m.program_id = c.program_id and m.customer_id = c.id and m.team_id = $7
          and m.from_at <= $8 and (m.to_at is null or m.to_at > $8)))))
    order by c.id limit $9`,
    [programId, id, settledTo, contributorMinimum, bystanders, goal, ownerId, completedAt, limit],
  );
}

/** Writes down how far a goal's prizes are given, and when that is all. */
export async function markSettled(
  tx: Statements,
  programId: string,
  id: string,
  { settledTo, settledAt }: { settledTo: string | null; settledAt: Date | null },
): Promise<void> {
  await tx.query(
    `/* mark-run-settled */ update challenge_run set settled_to = coalesce($3, settled_to), settled_at = $4
     where program_id = $1 and id = $2`,
    [programId, id, settledTo, settledAt],
  );
}

/** How many customers have contributed to these runs, and with how many activities this one of them. */
export async function readContributions(
  reads: Statements,
  programId: string,
  keys: readonly { runId: string; customerId: string }[],
): Promise<{ runId: string; customerId: string; activities: number; contributors: number }[]> {
  if (keys.length === 0) return [];
  return reads.query(
    `/* read-contributions */
    select key.run_id as "runId", key.customer_id as "customerId", coalesce(own.activities, 0) as activities, all_of.contributors
    from unnest($2::uuid[], $3::uuid[]) as key (run_id, customer_id)
    left join challenge_contribution own on own.program_id = $1 and own.run_id = key.run_id and own.customer_id = key.customer_id
    cross join lateral (
      select count(*)::int as contributors from challenge_contribution k
      where k.program_id = $1 and k.run_id = key.run_id and k.activities > 0
    ) all_of`,
    [programId, arrayText(keys.map(({ runId }) => runId)), arrayText(keys.map(({ customerId }) => customerId))],
  );
}
