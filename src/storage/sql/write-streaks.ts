import type { Run } from '#domain/streak/judge.ts';
import type { StreakState } from '#domain/streak/standing.ts';
import type { StreakCadence } from '#domain/streak/streak.ts';

import type { Statements } from '../postgres.ts';
import type { StreakEventRow, StreakRow } from '../streak-store.ts';
import { insertPart, runParts, type Columns } from './statement-parts.ts';

export type PeriodRow = {
  customerId: string;
  streakId: string;
  cadence: StreakCadence;
  period: number;
  name: string;
  localDate: string;
  zone: string;
  amounts: Record<string, string>;
  met: boolean;
  metAt: Date | null;
};

export type StateRow = StreakRow & {
  customerId: string;
  streakId: string;
  code: string;
  cadence: StreakCadence;
  state: StreakState;
  /** With what is met and not decided. */
  run: Run;
};

const PERIOD: Columns<PeriodRow> = {
  customer_id: ['uuid', (row) => row.customerId],
  streak_id: ['uuid', (row) => row.streakId],
  cadence: ['text', (row) => row.cadence],
  period: ['integer', (row) => row.period],
  name: ['text', (row) => row.name],
  local_date: ['date', (row) => row.localDate],
  zone: ['text', (row) => row.zone],
  amounts: ['jsonb', (row) => JSON.stringify(row.amounts)],
  met: ['boolean', (row) => row.met],
  met_at: ['timestamptz', (row) => row.metAt],
};

const STATE: Columns<StateRow> = {
  customer_id: ['uuid', (row) => row.customerId],
  streak_id: ['uuid', (row) => row.streakId],
  code: ['text', (row) => row.code],
  cadence: ['text', (row) => row.cadence],
  shape: ['text', (row) => row.shape],
  moves: ['integer', (row) => row.moves],
  base: ['jsonb', (row) => JSON.stringify(row.base)],
  through: ['integer', (row) => row.base.through],
  state: ['text', (row) => row.state],
  length: ['integer', (row) => row.run.length],
  longest: ['integer', (row) => row.run.longest],
  started_on: ['integer', (row) => row.run.startedOn],
  last_met: ['integer', (row) => row.run.lastMet],
  pauses: ['jsonb', (row) => JSON.stringify(row.pauses)],
  bridges: ['jsonb', (row) => JSON.stringify(row.bridges)],
  warned_for: ['integer', (row) => row.warnedFor],
  next_at: ['timestamptz', (row) => row.nextAt],
};

const EVENT: Columns<StreakEventRow> = {
  id: ['uuid', (row) => row.id],
  customer_id: ['uuid', (row) => row.customerId],
  streak_id: ['uuid', (row) => row.streakId],
  cadence: ['text', (row) => row.cadence],
  shape: ['text', (row) => row.shape],
  kind: ['text', (row) => row.kind],
  period: ['integer', (row) => row.period],
  length: ['integer', (row) => row.length],
  detail: ['jsonb', (row) => JSON.stringify(row.detail)],
  at: ['timestamptz', (row) => row.at],
  activity_id: ['uuid', (row) => row.activityId],
  note: ['text', (row) => row.note],
  actor: ['text', (row) => row.actor],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
};

/** What replaces a row: all its columns but those of its key. */
function replacing(columns: object, key: readonly string[]): string {
  const names = Object.keys(columns).filter((name) => !key.includes(name));
  return `on conflict (program_id, ${key.join(', ')}) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`;
}

/** When a period was met stays what it was, as long as it is met. */
const ON_PERIOD = replacing(PERIOD, ['customer_id', 'streak_id', 'cadence', 'period']).replace(
  'met_at = excluded.met_at',
  'met_at = case when excluded.met then coalesce(streak_period.met_at, excluded.met_at) end',
);
const ON_STATE = replacing(STATE, ['customer_id', 'streak_id']);

/** Writes what became of streaks in one statement. Rows of the same key replace what is there. */
export async function writeStreaks(
  tx: Statements,
  programId: string,
  written: { periods: readonly PeriodRow[]; states: readonly StateRow[]; events: readonly StreakEventRow[] },
): Promise<void> {
  const { periods, states, events } = written;
  const parts = [
    ...(periods.length === 0 ? [] : [insertPart('streak_period', programId, PERIOD, periods, ON_PERIOD)]),
    ...(states.length === 0 ? [] : [insertPart('streak_state', programId, STATE, states, ON_STATE)]),
    ...(events.length === 0 ? [] : [insertPart('streak_event', programId, EVENT, events)]),
  ];
  if (parts.length > 0) await runParts(tx, 'write-streaks', parts);
}
