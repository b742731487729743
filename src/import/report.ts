import { z } from 'zod';

import type { Mapping } from './mapping.ts';
import { describeCategory, Tally, type TallyLine } from './tally.ts';

/** What an import did, with every row under exactly one category. */
export type ImportReport = {
  file: string;
  mapping: string;
  dryRun: boolean;
  /** False when the import was stopped; the same command goes on. */
  finished: boolean;
  /** Whether the whole source had been imported before, and nothing was done now. */
  alreadyDone: boolean;
  rowsRead: number;
  activities: number;
  /** Points earned by the activities, before reversals. */
  pointsEarned: number;
  reversals: number;
  pointsReversed: number;
  /** Redemptions of the past, and what customers must have had before the source begins for them to be possible. */
  redemptions: number;
  pointsRedeemed: number;
  openingBalances: number;
  pointsOpened: number;
  categories: (TallyLine & { meaning: string })[];
  refusedFile: string | null;
  seconds: number;
};

/** What is kept with a run: how many units are done, and everything counted up to there. */
export type ImportState = {
  units: number;
  refusedBytes: number;
  activities: number;
  pointsEarned: number;
  reversals: number;
  pointsReversed: number;
  redemptions: number;
  pointsRedeemed: number;
  openingBalances: number;
  pointsOpened: number;
  lines: TallyLine[];
};

const whole = z.number().int().min(0);
const StateSchema = z.object({
  units: whole,
  refusedBytes: whole,
  activities: whole,
  pointsEarned: whole,
  reversals: whole,
  pointsReversed: whole,
  redemptions: whole.default(0),
  pointsRedeemed: whole.default(0),
  openingBalances: whole.default(0),
  pointsOpened: whole.default(0),
  lines: z.array(z.object({ category: z.string(), rows: whole, amount: z.string().nullable() })),
});

export const NOTHING_DONE: ImportState = {
  units: 0,
  refusedBytes: 0,
  activities: 0,
  pointsEarned: 0,
  reversals: 0,
  pointsReversed: 0,
  redemptions: 0,
  pointsRedeemed: 0,
  openingBalances: 0,
  pointsOpened: 0,
  lines: [],
};

/** The state kept with a run; a run that has just begun keeps none. */
export function parseState(kept: unknown): ImportState {
  return StateSchema.safeParse(kept).data ?? NOTHING_DONE;
}

/** Puts a state into the words of the report. */
export function reportOf(
  state: ImportState,
  mapping: Mapping,
  run: Pick<ImportReport, 'file' | 'dryRun' | 'finished' | 'alreadyDone' | 'seconds'> & { refusedPath: string },
): ImportReport {
  const { refusedPath, ...rest } = run;
  const tally = new Tally(state.lines);
  return {
    ...rest,
    mapping: mapping.name,
    rowsRead: tally.total(),
    activities: state.activities,
    pointsEarned: state.pointsEarned,
    reversals: state.reversals,
    pointsReversed: state.pointsReversed,
    redemptions: state.redemptions,
    pointsRedeemed: state.pointsRedeemed,
    openingBalances: state.openingBalances,
    pointsOpened: state.pointsOpened,
    categories: state.lines.map((line) => ({ ...line, meaning: describeCategory(line.category, mapping) })),
    refusedFile: tally.rowsOf('refused') > 0 && !run.dryRun ? refusedPath : null,
  };
}

const number = new Intl.NumberFormat('en');

/** The report for people. */
export function formatReport(report: ImportReport): string {
  const verb = report.dryRun ? 'would be' : 'were';
  const lines = [headline(report)];
  const width = Math.max(...report.categories.map((line) => number.format(line.rows).length), 1);
  for (const line of report.categories) {
    const amount = line.amount === null ? '' : `  (${line.amount})`;
    lines.push(`  ${number.format(line.rows).padStart(width)} ${line.meaning}${amount}`);
  }
  lines.push(
    `${number.format(report.activities)} activities ${verb} tracked, earning ${number.format(report.pointsEarned)} points.`,
  );
  if (report.reversals > 0) {
    lines.push(
      `${number.format(report.reversals)} reversals ${verb} made, taking back ${number.format(report.pointsReversed)} points.`,
    );
  }
  if (report.redemptions > 0) {
    lines.push(
      `${number.format(report.redemptions)} redemptions ${verb} made of ${number.format(report.pointsRedeemed)} points.`,
    );
  }
  if (report.openingBalances > 0) {
    lines.push(
      `${number.format(report.openingBalances)} customers redeemed more than the file lets them have: opening balances of ${number.format(report.pointsOpened)} points ${verb} made.`,
    );
  }
  if (report.refusedFile !== null) lines.push(`Refused rows with their reasons: ${report.refusedFile}`);
  return lines.join('\n');
}

function headline(report: ImportReport): string {
  const rows = `${number.format(report.rowsRead)} rows of ${report.file} (${report.mapping})`;
  if (report.alreadyDone) return `${rows} were imported before; nothing was done now. What was done then:`;
  if (report.dryRun) return `${rows} looked through in ${report.seconds} s, nothing written:`;
  if (!report.finished) return `${rows} read in ${report.seconds} s, then stopped. The same command goes on from here.`;
  return `${rows} read in ${report.seconds} s:`;
}
