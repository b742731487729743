import type { Mark, StreakFacts } from './judge.ts';

/** What was written of a streak, as far as verdicts go. */
export type Told = { kind: string; period: number | null; shape: string };

/** What takes a mark back. */
export const INVERSE = { FREEZE_USED: 'FREEZE_RETURNED', FREEZE_EARNED: 'FREEZE_WITHDRAWN', BROKEN: 'HEALED' } as const;
export type Correction = { kind: (typeof INVERSE)[Mark['kind']]; period: number };

/** The marks that stand after everything that was told, and the shape that each was told by. */
function standing(told: readonly Told[]): Map<string, { kind: Mark['kind']; period: number; shape: string }> {
  const marks = new Map<string, { kind: Mark['kind']; period: number; shape: string }>();
  for (const { kind, period, shape } of told) {
    for (const [mark, inverse] of Object.entries(INVERSE) as [Mark['kind'], string][]) {
      if (period === null) continue;
      if (kind === mark) marks.set(`${mark} ${period}`, { kind: mark, period, shape });
      if (kind === inverse) marks.delete(`${mark} ${period}`);
    }
  }
  return marks;
}

/** What has to be told so that exactly these marks stand: those that are new, and what takes the others back. */
export function correct(
  told: readonly Told[],
  marks: readonly Mark[],
): { added: readonly Mark[]; corrections: readonly Correction[] } {
  const before = standing(told);
  const now = new Set(marks.map(({ kind, period }) => `${kind} ${period}`));
  return {
    added: marks.filter(({ kind, period }) => !before.has(`${kind} ${period}`)),
    corrections: [...before]
      .filter(([name]) => !now.has(name))
      .map(([, { kind, period }]) => ({ kind: INVERSE[kind], period })),
  };
}

/** Verdicts that another shape of the streak told, and that stand. */
export function pinsOf(told: readonly Told[], shape: string): StreakFacts['pins'] {
  const pins = new Map<number, 'FREEZE_USED' | 'BROKEN'>();
  for (const mark of standing(told).values())
    if (mark.shape !== shape && mark.kind !== 'FREEZE_EARNED') pins.set(mark.period, mark.kind);
  return pins;
}
