import type { ActivityUnit, CancellationUnit, HistoryUnit } from './unit.ts';

/** What the record, or a trial of it, says of one activity. */
export type TrackOutcome =
  | { kind: 'TRACKED'; points: number }
  /** Its message id was there already. */
  | { kind: 'DUPLICATE'; points: number }
  | { kind: 'REFUSED'; reason: string };

/** How much of one cancelled line was found in earlier purchases. */
export type CancelOutcome =
  | { kind: 'REVERSED' | 'REVERSED_IN_PART' | 'UNMATCHED' }
  | { kind: 'REFUSED'; reason: string };

/** Points and reversals that a cancellation caused. */
export type CancelResult = { lines: readonly CancelOutcome[]; reversals: number; points: number };

/** What became of a customer's history: outcomes in the order of its activities and redemptions. */
export type HistoryResult = {
  /** Points of the opening balance that are on record. */
  opened: number;
  activities: readonly TrackOutcome[];
  redemptions: readonly ({ kind: 'REDEEMED' } | { kind: 'REFUSED'; reason: string })[];
};

/** Where an import puts its units: the use cases of the API, or a dry run of them. Everything is repeatable. */
export type ImportTarget = {
  /** Outcomes in the order of the units. */
  track(units: readonly ActivityUnit[]): Promise<TrackOutcome[]>;
  /** How many cancellations it takes at a time, of different customers. */
  cancelsAtOnce: number;
  /** After every activity of an earlier unit was tracked. */
  cancel(unit: CancellationUnit): Promise<CancelResult>;
  /** Histories of different customers; results in their order. */
  takeOver(units: readonly HistoryUnit[]): Promise<HistoryResult[]>;
  close(): Promise<void>;
};
