import type { DuelScored } from '#domain/activity/effect.ts';
import { amountOf, mayCount } from '#domain/challenge/counter.ts';
import type { CompiledDuelKind } from '#domain/duel/compile.ts';
import { scoreWith } from '#domain/duel/duel.ts';
import type { DuelLedger } from '#domain/duel/give.ts';
import type { EarningFacts } from '#domain/earning/facts.ts';
import { textFor } from '#domain/local-text.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { MeasuredFact } from '#domain/tier/measure.ts';
import { insertAttempts, lockRunningSides, type AttemptWrite, type RunningSide } from '#storage/duel-attempt-store.ts';

import type { Tx } from '../transaction.ts';

/** The duels of one batch: read once, moved on in memory by each decision, written once. */
export type BatchDuels = DuelLedger & { save(tx: Tx): Promise<void> };

const NO_DUELS: BatchDuels = { count: () => [], save: async () => undefined };

/**
 * Reads the running duels of a batch's customers; nothing where no kind counts its activities. The accounts of the default
 * currency must be locked.
 */
export async function openDuels(
  tx: Tx,
  { ruleSet }: Catalogue,
  acting: readonly { customerId: string; type: { id: string } }[],
): Promise<BatchDuels> {
  const types = new Set(acting.map(({ type }) => type.id));
  const live = ruleSet.duelKinds.filter(({ counter }) => mayCount(counter, types));
  if (live.length === 0) return NO_DUELS;
  const kinds = new Map(live.map((compiled) => [compiled.kind.id, compiled]));
  const customerIds = [...new Set(acting.map(({ customerId }) => customerId))];
  const sides = await lockRunningSides(tx, tx.programId, [...kinds.keys()], customerIds);
  return sides.length === 0 ? NO_DUELS : new Batch(tx, kinds, sides);
}

class Batch implements BatchDuels {
  readonly #tx: Tx;
  readonly #kinds: ReadonlyMap<string, CompiledDuelKind>;
  readonly #sides: Map<string, RunningSide[]>;
  readonly #attempts: AttemptWrite[] = [];

  constructor(tx: Tx, kinds: ReadonlyMap<string, CompiledDuelKind>, sides: readonly RunningSide[]) {
    this.#tx = tx;
    this.#kinds = kinds;
    this.#sides = Map.groupBy(sides, ({ customerId }) => customerId);
  }

  count(acting: { customerId: string; activityId: string }, seen: EarningFacts, fact: MeasuredFact): DuelScored[] {
    const sides = this.#sides.get(acting.customerId) ?? [];
    return sides.flatMap((side) => this.#countFor(side, acting, seen, fact) ?? []);
  }

  #countFor(
    side: RunningSide,
    { customerId, activityId }: { customerId: string; activityId: string },
    seen: EarningFacts,
    fact: MeasuredFact,
  ): DuelScored | null {
    const compiled = this.#kinds.get(side.kindId);
    const { occurredAt } = seen.activity;
    const { attemptsMax, scoring } = side.terms;
    if (compiled === undefined || occurredAt < side.startedAt || occurredAt >= side.endsAt) return null;
    if (attemptsMax !== null && side.attempts >= attemptsMax) return null;
    const amount = amountOf(compiled.counter, fact, seen);
    if (amount === null) return null;
    side.score = scoreWith(side.score, amount, scoring);
    side.attempts += 1;
    this.#attempts.push({ duelId: side.duelId, activityId, customerId, amount: amount.toFixed() });
    for (const told of [customerId, side.otherId])
      this.#tx.emit({
        type: 'duel.changed',
        customerId: told,
        duelId: side.duelId,
        duel: side.kindCode,
        change: 'SCORED',
      });
    return {
      kind: 'DUEL_SCORED',
      duelId: side.duelId,
      duelCode: side.kindCode,
      duelName: textFor(compiled.kind.texts, seen.customer.locale).name,
      amount: amount.toFixed(),
      score: side.score.toFixed(),
      attempt: side.attempts,
      attemptsMax,
    };
  }

  async save(tx: Tx): Promise<void> {
    await insertAttempts(tx, tx.programId, this.#attempts);
  }
}
