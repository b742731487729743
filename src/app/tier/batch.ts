import { Big } from 'big.js';

import type { LevelReachedEffect, TierChanged } from '#domain/activity/effect.ts';
import { levelAt } from '#domain/level/level.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { advanced, windowsFilled } from '#domain/tier/advance.ts';
import type { CompiledLadder } from '#domain/tier/compile.ts';
import { countedBy } from '#domain/tier/counted.ts';
import { contributionOf, type Measure, type MeasuredFact } from '#domain/tier/measure.ts';
import type { Window } from '#domain/tier/period.ts';
import type { TierClock } from '#domain/tier/review.ts';
import { tierCodesOf } from '#domain/tier/standing.ts';
import { localDay } from '#domain/time.ts';
import { writeTiers } from '#storage/tier-membership-store.ts';
import { readJoinedDays, readWindows, type StandingRow, type WindowKey } from '#storage/tier-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import { settleTiers } from './settle.ts';
import { collectTierWrites, openState, type TierState } from './write.ts';

/** One activity of the batch, before it is decided. */
export type Acting = { customerId: string; occurredAt: Date };

/** The tiers of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchTiers = {
  /** Tier codes by ladder code as they are now, in the order of the ladders. */
  codesOf(customerId: string): Readonly<Record<string, string>>;
  /** Counts what an activity did, and raises tiers as far as that reaches. */
  advance(
    acting: Acting & { activityId: string; mayRise: boolean },
    fact: MeasuredFact,
  ): (TierChanged | LevelReachedEffect)[];
  save(tx: Tx): Promise<void>;
};

const NO_TIERS: BatchTiers = { codesOf: () => ({}), advance: () => [], save: async () => undefined };

/**
 * Reads where the customers of a batch stand and what the periods of their activities hold, in one statement; none where
 * neither ladders nor levels are published. Reviews that are overdue are done first. The accounts of the default currency
 * must be locked.
 */
export async function openTiers(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Catalogue,
  acting: readonly Acting[],
): Promise<BatchTiers> {
  const measures = countedBy(catalogue.published.map(({ ruleSet }) => ruleSet));
  if (measures.size === 0) return NO_TIERS;
  const clocks = await clocksOf(tx, catalogue, acting);
  const sums = new WindowSums(catalogue, clocks, acting);
  let rows = await sums.read(tx);
  const overdue = new Set(
    rows.flatMap((row) => (row.reviewAt !== null && row.reviewAt <= tx.now ? [row.customerId] : [])),
  );
  if (overdue.size > 0) {
    await settleTiers(deps, tx, catalogue, [...overdue]);
    rows = await sums.read(tx);
  }
  return new Batch(deps, catalogue, measures, clocks, sums, rows);
}

/** Only periods from joining have to know when a customer joined. */
async function clocksOf(
  tx: Tx,
  catalogue: Catalogue,
  acting: readonly Acting[],
): Promise<(customerId: string) => TierClock> {
  const { id, timeZone } = catalogue.program;
  const counts = catalogue.ruleSet.ladders.some(({ ladder }) => ladder.period.kind === 'FROM_JOINING');
  const customerIds = [...new Set(acting.map(({ customerId }) => customerId))];
  const joined = counts ? await readJoinedDays(tx, id, timeZone, customerIds) : null;
  const today = localDay(tx.now, timeZone);
  return (customerId) => ({ now: tx.now, timeZone, joinedOn: joined?.get(customerId)?.on ?? today });
}

const LIFETIME: Window = { from: null, to: null };
/** Stands for the levels where a ladder is asked for. */
const LEVELS = '00000000-0000-0000-0000-000000000000';

/** Sums over the windows that the batch's activities fall into: as on record, and what the batch adds to them. */
class WindowSums {
  readonly #windows = new Map<string, Window[]>();
  readonly #keys = new Map<string, WindowKey>();
  readonly #stored = new Map<string, Big>();
  /** By customer and measure, then by day. */
  readonly #added = new Map<string, Map<string, Big>>();

  constructor(catalogue: Catalogue, clockOf: (customerId: string) => TierClock, acting: readonly Acting[]) {
    const { ladders, levels } = catalogue.ruleSet;
    for (const { customerId, occurredAt } of acting) {
      for (const compiled of ladders)
        for (const window of this.windows(compiled, occurredAt, clockOf(customerId)))
          this.#ask({ customerId, ladderId: compiled.ladder.id, measure: compiled.counts, ...window });
      if (levels.counts !== null) this.#ask({ customerId, ladderId: LEVELS, measure: levels.counts, ...LIFETIME });
    }
  }

  /** The windows that an activity may fill, worked out once a day: calendars cost more than all sums of a batch. */
  windows(compiled: CompiledLadder, occurredAt: Date, clock: TierClock): Window[] {
    const key = `${compiled.ladder.id} ${localDay(occurredAt, clock.timeZone)} ${clock.joinedOn}`;
    let windows = this.#windows.get(key);
    if (windows === undefined) this.#windows.set(key, (windows = windowsFilled(compiled, occurredAt, clock)));
    return windows;
  }

  #ask(key: WindowKey): void {
    this.#keys.set(nameOf(key), key);
  }

  /** Reads all sums, and gives the standings on record. */
  async read(tx: Tx): Promise<StandingRow[]> {
    const keys = [...this.#keys.values()];
    const found = await readWindows(tx, tx.programId, keys);
    for (const [index, key] of keys.entries()) this.#stored.set(nameOf(key), found[index]?.sum ?? new Big(0));
    return found.flatMap(({ row }) => row ?? []);
  }

  add(customerId: string, measure: string, day: string, amount: Big): void {
    const days = this.#added.get(`${customerId} ${measure}`) ?? new Map<string, Big>();
    days.set(day, (days.get(day) ?? new Big(0)).plus(amount));
    this.#added.set(`${customerId} ${measure}`, days);
  }

  /** A window's sum, all of the batch so far included. */
  of(key: WindowKey): Big {
    let sum = this.#stored.get(nameOf(key)) ?? new Big(0);
    for (const [day, amount] of this.#added.get(`${key.customerId} ${key.measure}`) ?? [])
      if ((key.from === null || day >= key.from) && (key.to === null || day < key.to)) sum = sum.plus(amount);
    return sum;
  }

  added(): { customerId: string; measure: string; day: string; amount: string }[] {
    return [...this.#added].flatMap(([name, days]) => {
      const [customerId = '', ...measure] = name.split(' ');
      return [...days]
        .filter(([, amount]) => !amount.eq(0))
        .map(([day, amount]) => ({ customerId, measure: measure.join(' '), day, amount: amount.toFixed() }));
    });
  }
}

function nameOf({ customerId, ladderId, from, to }: WindowKey): string {
  return `${customerId} ${ladderId} ${from} ${to}`;
}

class Batch implements BatchTiers {
  readonly #deps: Pick<AppDeps, 'newId'>;
  readonly #catalogue: Catalogue;
  readonly #measures: ReadonlyMap<string, Measure>;
  readonly #clockOf: (customerId: string) => TierClock;
  readonly #sums: WindowSums;
  readonly #recorded: ReadonlyMap<string, StandingRow>;
  readonly #states = new Map<string, TierState>();

  constructor(
    deps: Pick<AppDeps, 'newId'>,
    catalogue: Catalogue,
    measures: ReadonlyMap<string, Measure>,
    clockOf: (customerId: string) => TierClock,
    sums: WindowSums,
    recorded: readonly StandingRow[],
  ) {
    this.#deps = deps;
    this.#catalogue = catalogue;
    this.#measures = measures;
    this.#clockOf = clockOf;
    this.#sums = sums;
    this.#recorded = new Map(recorded.map((row) => [`${row.customerId} ${row.ladderId}`, row]));
  }

  codesOf(customerId: string): Readonly<Record<string, string>> {
    const { ladders } = this.#catalogue.ruleSet;
    return tierCodesOf(ladders, (ladderId) => {
      const key = `${customerId} ${ladderId}`;
      return (this.#states.get(key)?.standing ?? this.#recorded.get(key)?.standing)?.tier ?? null;
    });
  }

  advance(
    { customerId, occurredAt, activityId, mayRise }: Parameters<BatchTiers['advance']>[0],
    fact: MeasuredFact,
  ): (TierChanged | LevelReachedEffect)[] {
    const { timeZone } = this.#catalogue.program;
    const { ladders, levels } = this.#catalogue.ruleSet;
    const before = levels.counts === null ? null : this.#lifetime(customerId, levels.counts);
    const grown = new Set<string>();
    for (const [name, measure] of this.#measures) {
      const amount = contributionOf(measure, fact);
      if (amount === null) continue;
      this.#sums.add(customerId, name, localDay(occurredAt, timeZone), amount);
      grown.add(name);
    }
    if (!mayRise) return [];
    const effects: (TierChanged | LevelReachedEffect)[] = [];
    for (const compiled of ladders) {
      const effect = grown.has(compiled.counts) ? this.#raise(compiled, customerId, occurredAt, activityId) : null;
      if (effect !== null) effects.push(effect);
    }
    if (before !== null && grown.has(levels.counts ?? '')) {
      const from = levelAt(levels, before);
      const { level, number } = levelAt(levels, this.#lifetime(customerId, levels.counts ?? ''));
      if (level !== null && number > from.number)
        effects.push({ kind: 'LEVEL_REACHED', from: from.number, to: number, code: level.code, name: level.name });
    }
    return effects;
  }

  #lifetime(customerId: string, measure: string): Big {
    return this.#sums.of({ customerId, ladderId: LEVELS, measure, ...LIFETIME });
  }

  #raise(compiled: CompiledLadder, customerId: string, occurredAt: Date, activityId: string): TierChanged | null {
    const clock = this.#clockOf(customerId);
    const { id: ladderId, code, name } = compiled.ladder;
    const amount = this.#sums
      .windows(compiled, occurredAt, clock)
      .map((window) => this.#sums.of({ customerId, ladderId, measure: compiled.counts, ...window }))
      .reduce((largest, sum) => (sum.gt(largest) ? sum : largest), new Big(0));
    const key = `${customerId} ${ladderId}`;
    const state = this.#states.get(key) ?? openState(customerId, compiled, this.#recorded.get(key) ?? null);
    const risen = advanced(compiled, state.standing, amount, occurredAt, clock);
    if (risen === null) return null;
    const { standing, change, nextAt } = risen;
    const steps = change === null ? state.steps : [...state.steps, { ...change, activityId, note: null }];
    this.#states.set(key, { ...state, standing, reviewAt: nextAt, steps });
    if (change === null) return null;
    const tier = compiled.tiers[compiled.indexOf.get(change.to ?? '') ?? -1]?.tier;
    return {
      kind: 'TIER_CHANGED',
      ladderId,
      ladderCode: code,
      ladderName: name,
      from: change.from,
      to: change.to ?? '',
      tierName: tier?.name ?? '',
      since: change.at.toISOString(),
    };
  }

  async save(tx: Tx): Promise<void> {
    const states = [...this.#states.values()];
    await writeTiers(tx, tx.programId, {
      days: this.#sums.added(),
      ...collectTierWrites(this.#deps, tx, this.#catalogue.ruleSet.revision, states),
    });
  }
}
