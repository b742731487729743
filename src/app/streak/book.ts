import type { Big } from 'big.js';

import { addAmounts, isMet, type Amounts } from '#domain/streak/amounts.ts';
import { endOfPeriod, type CustomerClock } from '#domain/streak/calendar.ts';
import type { CompiledStreak } from '#domain/streak/compile.ts';
import { beginRun, judge, type Judged, type Mark, type Run, type StreakFacts } from '#domain/streak/judge.ts';
import { correct, pinsOf } from '#domain/streak/record.ts';
import { standingOf, type StreakStanding } from '#domain/streak/standing.ts';
import { isInOrder, lengthsReached, runAround } from '#domain/streak/step.ts';
import type { StreakEventRow, StreakPast, StreakRecord, StreakRow } from '#storage/streak-store.ts';

/** Something that is to be written of a streak. `isSilent` tells nobody: it is of the past, before anybody followed it. */
export type BookEvent = Pick<StreakEventRow, 'kind' | 'period' | 'length' | 'detail' | 'at' | 'activityId' | 'note'> & {
  isSilent: boolean;
};

/** A period as it stands, and the activity that wrote it last. */
export type BookPeriod = { amounts: Amounts; met: boolean; metAt: Date | null; localDate: string; zone: string };
type When = { period: number; at: Date; localDate: string; zone: string };

/** A period that was met just now. */
export type Extended = {
  period: number;
  length: number;
  healed: boolean;
  prizes: readonly { length: number; points: number | null }[];
};

/** One streak of one customer in memory: what is on record, what happens to it, and so what is to be written. */
export class StreakBook {
  readonly customerId: string;
  readonly compiled: CompiledStreak;
  readonly clock: CustomerClock;
  /** What is on record of it; null when nothing is. */
  readonly recorded: StreakRow | null;
  readonly events: BookEvent[] = [];
  readonly changed = new Map<number, BookPeriod>();
  isDirty = false;
  base: Run;
  run: Run;
  pauses: StreakFacts['pauses'];
  bridges: StreakFacts['bridges'];
  warnedFor: number | null;
  readonly #periods: Map<number, { amounts: Amounts; met: boolean }>;
  readonly #prizes: readonly number[];
  #past: StreakPast | null = null;
  #trail: Judged['trail'] = [];
  #isSilent = false;

  constructor(customerId: string, compiled: CompiledStreak, clock: CustomerClock, record: StreakRecord) {
    this.customerId = customerId;
    this.compiled = compiled;
    this.clock = clock;
    this.recorded = record.row;
    this.base = record.row?.base ?? beginRun(compiled.streak);
    this.run = this.base;
    this.pauses = record.row?.pauses ?? [];
    this.bridges = record.row?.bridges ?? [];
    this.warnedFor = record.row?.warnedFor ?? null;
    this.#periods = new Map(record.periods.map(({ period, met, amounts }) => [period, { met, amounts }]));
    this.#prizes = record.prizes;
  }

  /** Gives the book its whole past, so that it can be judged anew. */
  learn(past: StreakPast): void {
    this.#past = past;
  }

  /** Begins with what happened before the streak was followed for this customer, of which nobody is told. */
  begin(periods: ReadonlyMap<number, BookPeriod>, past: StreakPast, now: Date): void {
    this.#past = { met: [], events: past.events };
    for (const [period, one] of periods) {
      this.#periods.set(period, one);
      this.changed.set(period, one);
    }
    this.startAnew(now, true);
    this.isDirty = periods.size > 0;
  }

  /** Everything that the length comes from; of met periods those that the checkpoint does not know. */
  facts(): StreakFacts {
    const { through } = this.base;
    const open = [...this.#periods].filter(([period, { met }]) => met && (through === null || period > through));
    return this.#factsWith(open.map(([period]) => period).toSorted((a, b) => a - b));
  }

  #factsWith(met: readonly number[]): StreakFacts {
    return { clock: this.clock, met, pauses: this.pauses, bridges: this.bridges, gifts: [], pins: new Map() };
  }

  /** Judges what has come to its end by `now`, from the checkpoint or, where it no longer holds, from the beginning. */
  catchUp(now: Date): void {
    const { recorded } = this;
    if (recorded !== null && this.isStale()) this.startAnew(now, recorded.shape !== this.compiled.shape);
    else this.#goOn(now, this.facts());
  }

  /** Whether the checkpoint was made by other clocks or another law. */
  isStale(): boolean {
    const { recorded, compiled, clock } = this;
    return recorded !== null && (recorded.shape !== compiled.shape || recorded.moves !== clock.moves.length);
  }

  #goOn(now: Date, facts: StreakFacts): void {
    const judged = judge(this.compiled.streak, facts, this.base, now);
    for (const mark of judged.marks) this.#note(mark);
    this.#keep(judged);
  }

  /** Judges from the beginning, and corrects what was told otherwise. Needs the past. */
  startAnew(now: Date, isSilent = false): void {
    const past = this.#past;
    if (past === null) throw new Error('a streak is judged anew from its whole past');
    const { compiled, events } = this;
    const told = [...past.events, ...events.map((event) => ({ ...event, shape: compiled.shape }))];
    const met = new Set(past.met);
    for (const [period, one] of this.#periods) {
      if (one.met) met.add(period);
      else met.delete(period);
    }
    const gifts = told
      .filter(({ kind }) => kind === 'FREEZE_GIVEN')
      .map(({ at, detail }) => ({ at, count: Number(detail['count'] ?? 0) }));
    const facts = { ...this.#factsWith([...met].toSorted((a, b) => a - b)), gifts, pins: pinsOf(told, compiled.shape) };
    const judged = judge(compiled.streak, facts, beginRun(compiled.streak), now);
    const { added, corrections } = correct(told, judged.marks);
    const wasSilent = this.#isSilent;
    this.#isSilent = isSilent || wasSilent;
    for (const { kind, period } of corrections) this.add({ kind, period, length: judged.run.length, at: now });
    for (const mark of added) this.#note(mark);
    this.#isSilent = wasSilent;
    this.#keep(judged);
    this.isDirty = true;
  }

  #note({ kind, period, length }: Mark): void {
    this.add({ kind, period, length, at: endOfPeriod(this.clock, this.compiled.streak.cadence, period) });
  }

  #keep({ base, run, trail }: Judged): void {
    this.base = base;
    this.run = run;
    this.#trail = trail;
  }

  /** Takes note of something that happened. */
  add(event: Pick<BookEvent, 'kind' | 'period' | 'length' | 'at'> & Partial<BookEvent>): void {
    this.events.push({ detail: {}, activityId: null, note: null, isSilent: this.#isSilent, ...event });
    this.isDirty = true;
  }

  /** Freezes given by hand, from now on. */
  give(count: number, now: Date, note: string | null): void {
    this.add({ kind: 'FREEZE_GIVEN', period: null, length: this.run.length, at: now, detail: { count }, note });
    this.#goOn(now, { ...this.facts(), gifts: [{ at: now, count }] });
  }

  isMetIn(period: number): boolean {
    return this.#periods.get(period)?.met ?? this.#past?.met.includes(period) ?? false;
  }

  amountsOf(period: number): Amounts {
    return this.#periods.get(period)?.amounts ?? {};
  }

  /** Whether counting in a period, by adding or by taking away, needs the past. */
  needsPast(period: number, mayFall: boolean): boolean {
    if (this.#past !== null) return false;
    if (isInOrder(this.compiled.streak, this.clock, this.base, period)) return false;
    return mayFall || !this.isMetIn(period);
  }

  /** Adds amounts of an activity to its period. Gives what this extends; null when it meets nothing new. */
  count(when: When, added: ReadonlyMap<string, Big>, now: Date, activityId: string | null): Extended | null {
    const before = this.isMetIn(when.period);
    const amounts = addAmounts(this.amountsOf(when.period), added);
    // What was met under other conditions stays met, unless something was taken away.
    const falls = [...added.values()].some((amount) => amount.lt(0));
    const met = (before && !falls) || isMet(this.compiled, amounts);
    this.#write(when, amounts, met, before);
    if (met === before) return null;
    const inOrder = isInOrder(this.compiled.streak, this.clock, this.base, when.period);
    if (inOrder) this.#goOn(now, this.facts());
    else this.startAnew(now);
    return met ? this.#extended(when.period, !inOrder, activityId, when.at) : null;
  }

  /** Puts what a period comes to anew in place of what was counted. */
  recount(when: When, amounts: Amounts, now: Date): void {
    const before = this.isMetIn(when.period);
    const met = isMet(this.compiled, amounts);
    this.#write(when, { ...amounts }, met, before);
    if (met !== before) this.startAnew(now);
  }

  #write({ period, at, localDate, zone }: When, amounts: Amounts, met: boolean, before: boolean): void {
    const known = this.changed.get(period);
    this.#periods.set(period, { amounts, met });
    // When it had been met is on record already, and the statement keeps it.
    const metAt = !met ? null : before ? (known?.metAt ?? null) : at;
    this.changed.set(period, { amounts, met, metAt, localDate, zone });
    this.isDirty = true;
  }

  #extended(period: number, healed: boolean, activityId: string | null, at: Date): Extended | null {
    const around = runAround(this.#trail, period);
    if (around === null) return null;
    const given = this.#prizesWithin(around.first, around.last);
    const prizes = lengthsReached(this.compiled.streak.prizes, around, (length) => given.includes(length));
    for (const { length, points } of prizes) {
      this.add({ kind: 'PRIZE_GIVEN', period, length, at, detail: { points }, activityId });
    }
    return { period, length: around.length, healed, prizes };
  }

  /** Lengths for which prizes were given within a run. */
  #prizesWithin(first: number, last: number): number[] {
    const told = [...(this.#past?.events ?? []), ...this.events].filter(
      ({ kind, period }) => kind === 'PRIZE_GIVEN' && period !== null && period >= first && period <= last,
    );
    // Without the past, those of the run that the checkpoint goes on with are known.
    return [...(this.#past === null ? this.#prizes : []), ...told.map(({ length }) => length)];
  }

  standing(now: Date): StreakStanding {
    return standingOf(this.compiled.streak, this.facts(), this, now);
  }
}
