import { Big } from 'big.js';

import type { CompiledBadge, CompiledCriterion } from './compile.ts';
import { amountOf, holds, periodOf, targetOf, windowOfCriterion, type BadgeView } from './law.ts';

export const BADGE_STATES = ['NOT_STARTED', 'IN_PROGRESS', 'EARNED'] as const;
/** EARNED: nothing is left to earn at present. */
export type BadgeState = (typeof BADGE_STATES)[number];

/** How far somebody is with one criterion of the next level: what it asks for, and what they have of it. */
export type CriterionProgress = {
  criterion: CompiledCriterion;
  needed: Big;
  has: Big;
  missing: Big;
};

/** How far somebody is with a badge, in the running period. */
export type BadgeProgress = {
  compiled: CompiledBadge;
  state: BadgeState;
  period: string;
  /** Code of the highest level that is held; null is none. */
  held: string | null;
  /** What comes next: a level, or one more; null where nothing is left to earn, or it is only given by hand. */
  next: { level: string; number: number; occurrence: number; criteria: readonly CriterionProgress[] } | null;
};

/** How far somebody is on a day. */
export function progressOf(compiled: CompiledBadge, view: BadgeView, now: Date, day: string): BadgeProgress {
  const { badge, levels } = compiled;
  const moment = { now, position: '~' };
  const period = periodOf(badge, day);
  const held = highest(compiled, view.book.held(badge.id, moment));
  const step = badge.paused || compiled.criteria.length === 0 ? null : nextStep(compiled, view, moment.now, period);
  if (step === null) {
    const state = held === null ? 'NOT_STARTED' : 'EARNED';
    return { compiled, state, period, held, next: null };
  }
  const criteria = compiled.criteria.map((criterion) => progressOfOne(compiled, criterion, step, view, moment, day));
  const started = held !== null || criteria.some(({ has }) => has.gt(0));
  const next = { level: levels[step.level]?.code ?? '', number: step.level + 1, occurrence: step.occurrence, criteria };
  return { compiled, state: started ? 'IN_PROGRESS' : 'NOT_STARTED', period, held, next };
}

type Step = { level: number; occurrence: number };

function nextStep(compiled: CompiledBadge, { book }: BadgeView, now: Date, period: string): Step | null {
  const { badge, levels } = compiled;
  if (badge.repeat.kind === 'EACH') {
    const last = book.last(badge.id, levels[0]?.code ?? '', period);
    return { level: 0, occurrence: (last?.occurrence ?? 0) + 1 };
  }
  const byHand = badge.repeat.kind === 'ONCE' ? book.held(badge.id, { now, position: '~' }, true) : [];
  const given = Math.max(-1, ...byHand.map((code) => compiled.indexOf.get(code) ?? 0));
  const level = levels.findIndex(({ code }, index) => index > given && book.last(badge.id, code, period) === null);
  return level < 0 ? null : { level, occurrence: 1 };
}

function highest({ indexOf }: CompiledBadge, codes: readonly string[]): string | null {
  return codes.toSorted((a, b) => (indexOf.get(b) ?? -1) - (indexOf.get(a) ?? -1))[0] ?? null;
}

function progressOfOne(
  compiled: CompiledBadge,
  criterion: CompiledCriterion,
  { level, occurrence }: Step,
  view: BadgeView,
  moment: { now: Date; position: string },
  day: string,
): CriterionProgress {
  const make = (needed: Big, has: Big): CriterionProgress => {
    const missing = has.gte(needed) ? new Big(0) : needed.minus(has);
    return { criterion, needed, has, missing };
  };
  switch (criterion.kind) {
    case 'AMOUNT': {
      const has = amountOf(criterion, view.counters, windowOfCriterion(compiled, criterion, day));
      return make(targetOf(criterion, level, occurrence) ?? new Big(0), new Big(has));
    }
    case 'STREAK':
      return make(
        targetOf(criterion, level, occurrence) ?? new Big(0),
        new Big(view.streakOf(criterion.streak, criterion.of)),
      );
    case 'TIER':
    case 'BADGE': {
      const isThere = holds({ ...compiled, criteria: [criterion] }, level, occurrence, view, moment, day);
      return make(new Big(1), new Big(Number(isThere)));
    }
  }
}
