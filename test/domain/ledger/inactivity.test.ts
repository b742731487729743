import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AccountState, Inactivity } from '#domain/ledger/account.ts';
import { credit } from '#domain/ledger/credit.ts';
import { spend, transfer } from '#domain/ledger/debit.ts';
import { capture, hold, releaseHold } from '#domain/ledger/hold.ts';
import { stayActive } from '#domain/ledger/inactivity.ts';
import { reverseDebit } from '#domain/ledger/reverse.ts';
import { settleDue } from '#domain/ledger/settle-due.ts';

import { accountOf, expectSound, hour, openBook, POINTS, record, type Book } from './book.ts';

const DAY = 24;
const TEN_DAYS: Inactivity = {
  kind: 'INACTIVITY',
  months: null,
  days: 10,
  earning: true,
  spending: true,
  activityTypes: ['visit'],
  timeZone: 'UTC',
};

/** A book of customers whose points last ten days of inactivity, unless told otherwise. */
function aBook(customers = ['ann'], inactivity: Inactivity | null = TEN_DAYS): Book {
  const book = openBook(...customers);
  for (const account of book.accounts) account.inactivity = inactivity;
  return book;
}

type Given = { to?: number; at?: number; expiresAt?: Date | null; kind?: 'EARN' | 'ADJUST' };

/** Gives points at an hour; `at` is when they were earned. */
function give(
  book: Book,
  now: number,
  amount: number,
  { to = 0, at = now, expiresAt = null, kind = 'EARN' }: Given = {},
) {
  return record(book, hour(now), (posting) => {
    settleDue(posting, accountOf(book, to), hour(now));
    return credit(posting, accountOf(book, to), {
      kind,
      currency: POINTS,
      amount,
      effectiveAt: hour(at),
      pending: null,
      expiresAt,
      beyondCap: 'TRUNCATE',
      cause: {},
    });
  });
}

function take(book: Book, now: number, amount: number) {
  return record(book, hour(now), (posting) => {
    settleDue(posting, accountOf(book), hour(now));
    return spend(posting, accountOf(book), { currency: POINTS, amount, effectiveAt: hour(now), cause: {} });
  });
}

function visit(book: Book, now: number, at = now, activityType = 'visit'): void {
  record(book, hour(now), (posting) =>
    stayActive(posting, accountOf(book), { kind: 'ACTIVITY', activityType }, hour(at)),
  );
}

const settle = (book: Book, now: number): void =>
  record(book, hour(now), (posting) => settleDue(posting, accountOf(book), hour(now)));

const ends = (account: AccountState): (string | undefined)[] =>
  account.lots.filter((lot) => lot.remaining > 0).map((lot) => lot.expiresAt?.toISOString().slice(0, 10));

describe('points that last with activity', () => {
  it('expire together, ten days after the last of earning, spending and visits', () => {
    const book = aBook();
    give(book, 0, 100);
    expect(ends(accountOf(book))).toEqual(['2026-01-12']);
    give(book, 3 * DAY, 50);
    expect(ends(accountOf(book))).toEqual(['2026-01-15', '2026-01-15']);
    take(book, 5 * DAY, 30);
    expect(ends(accountOf(book))).toEqual(['2026-01-17', '2026-01-17']);
    visit(book, 12 * DAY);
    expect(ends(accountOf(book))).toEqual(['2026-01-24', '2026-01-24']);
    settle(book, 23 * DAY - 1);
    expect(accountOf(book).available).toBe(120);
    settle(book, 23 * DAY);
    expect(accountOf(book)).toMatchObject({ available: 0, nextDueAt: null });
    expectSound(book);
  });

  it('last no longer for what does not count', () => {
    const book = aBook(['ann'], { ...TEN_DAYS, earning: false, spending: false });
    give(book, 0, 100);
    give(book, 5 * DAY, 100);
    take(book, 6 * DAY, 10);
    visit(book, 7 * DAY, 7 * DAY, 'complaint');
    give(book, 8 * DAY, 10, { kind: 'ADJUST' });
    expect(new Set(ends(accountOf(book)))).toEqual(new Set(['2026-01-12']));
    visit(book, 9 * DAY);
    expect(new Set(ends(accountOf(book)))).toEqual(new Set(['2026-01-21']));
  });

  it('last to the end of the day of their earning at least, though that is no activity', () => {
    const book = aBook(['ann'], { ...TEN_DAYS, earning: false });
    give(book, 0, 100);
    const earned = give(book, 11 * DAY - 1, 5, { at: 11 * DAY + 1 });
    expect(earned.expiresAt?.toISOString()).toBe('2026-01-13T00:00:00.000Z');
  });

  it('never lose time: not by an earlier day’s activity, nor by a shorter setting', () => {
    const book = aBook();
    give(book, 5 * DAY, 100);
    visit(book, 6 * DAY, DAY);
    accountOf(book).inactivity = { ...TEN_DAYS, days: 2 };
    visit(book, 7 * DAY);
    expect(ends(accountOf(book))).toEqual(['2026-01-17']);
  });

  it('keep the date that they have when the currency’s points no longer last with activity', () => {
    const book = aBook();
    give(book, 0, 100);
    accountOf(book).inactivity = null;
    visit(book, 5 * DAY);
    give(book, 5 * DAY, 7);
    expect(ends(accountOf(book))).toEqual(['2026-01-12', undefined]);
  });

  it('are not revived by what is recorded after their end, and the next begin a new run', () => {
    const book = aBook();
    give(book, 0, 100);
    visit(book, 11 * DAY, 10 * DAY);
    give(book, 11 * DAY, 40);
    expect(accountOf(book)).toMatchObject({ available: 40, activeRun: 1 });
    expect(ends(accountOf(book))).toEqual(['2026-01-23']);
    expectSound(book);
  });

  it('of long ago expire each by itself, whether or not they are recorded together', () => {
    const together = aBook();
    record(together, hour(100 * DAY), (posting) => {
      for (const day of [0, 5, 95])
        credit(posting, accountOf(together), {
          ...{ kind: 'EARN', currency: POINTS, amount: 10, effectiveAt: hour(day * DAY), pending: null },
          ...{ expiresAt: null, beyondCap: 'TRUNCATE', cause: {} },
        });
    });
    settle(together, 100 * DAY);
    const apart = aBook();
    for (const day of [0, 5, 95]) give(apart, 100 * DAY, 10, { at: day * DAY });
    settle(apart, 100 * DAY);
    for (const book of [together, apart]) {
      expect(accountOf(book).available).toBe(10);
      expect(book.transactions.filter(({ kind }) => kind === 'EXPIRE').map(({ effectiveAt }) => effectiveAt)).toEqual([
        hour(11 * DAY),
        hour(16 * DAY),
      ]);
    }
  });

  it('are spent in the order of their dates beside those with a date of their own', () => {
    const book = aBook();
    give(book, 0, 100);
    give(book, 0, 10, { expiresAt: hour(13 * DAY) });
    visit(book, 8 * DAY);
    take(book, 8 * DAY, 10);
    expect(accountOf(book).lots.map((lot) => [lot.amount, lot.remaining])).toEqual([
      [10, 0],
      [100, 100],
    ]);
  });

  it('keep their date with another customer, who owes no activity for them', () => {
    const book = aBook(['ann', 'bob']);
    give(book, 0, 100);
    record(book, hour(DAY), (posting) =>
      transfer(posting, accountOf(book), accountOf(book, 1), {
        ...{ currency: POINTS, amount: 60, effectiveAt: hour(DAY), cause: {} },
      }),
    );
    visit(book, 5 * DAY);
    give(book, 5 * DAY, 1, { to: 1 });
    expect([ends(accountOf(book)), ends(accountOf(book, 1))]).toEqual([['2026-01-17'], ['2026-01-12', '2026-01-17']]);
  });

  it('that are held expire when they come back after the end; a capture is spending', () => {
    const book = aBook();
    give(book, 0, 100);
    const held = record(book, hour(1), (posting) => {
      const terms = { currency: POINTS, effectiveAt: hour(1), expiresAt: hour(30 * DAY), cause: {} };
      return [
        hold(posting, accountOf(book), { ...terms, amount: 20 }),
        hold(posting, accountOf(book), { ...terms, amount: 5 }),
      ];
    });
    const [first, second] = held.map((one) => one.hold);
    if (first === undefined || second === undefined) throw new Error('two holds');
    record(book, hour(6 * DAY), (posting) =>
      capture(posting, accountOf(book), second, { amount: 5, effectiveAt: hour(6 * DAY), cause: {} }),
    );
    expect(ends(accountOf(book))).toEqual(['2026-01-18']);
    give(book, 20 * DAY, 1);
    record(book, hour(21 * DAY), (posting) =>
      releaseHold(posting, accountOf(book), first, { as: 'RELEASED', effectiveAt: hour(21 * DAY), cause: {} }),
    );
    expect(accountOf(book).available).toBe(1);
    expectSound(book);
  });

  it('that were spent come back to a run that lasts, and expire at once after its end', () => {
    const book = aBook();
    give(book, 0, 100);
    const spent = take(book, 0, 100);
    const giveBack = (now: number): void => {
      const [lot] = book.lots;
      if (lot === undefined) throw new Error('a lot');
      record(book, hour(now), (posting) =>
        reverseDebit(posting, accountOf(book), {
          ...{ transactionId: spent.id, counterparty: 'REDEMPTION', parts: [{ lot, amount: 40 }] },
          ...{ effectiveAt: hour(now), cause: {} },
        }),
      );
    };
    visit(book, 8 * DAY);
    giveBack(15 * DAY);
    expect(accountOf(book).available).toBe(40);
    settle(book, 19 * DAY);
    give(book, 30 * DAY, 3);
    giveBack(31 * DAY);
    expect(accountOf(book).available).toBe(3);
  });
});

type Step =
  | { kind: 'GIVE'; amount: number; late: number; dated: boolean }
  | { kind: 'TAKE'; amount: number }
  | { kind: 'VISIT'; late: number }
  | { kind: 'SETTLE' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('GIVE' as const),
    amount: fc.integer({ min: 1, max: 50 }),
    late: fc.integer({ min: 0, max: 60 }),
    dated: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('TAKE' as const), amount: fc.integer({ min: 1, max: 80 }) }),
  fc.record({ kind: fc.constant('VISIT' as const), late: fc.integer({ min: 0, max: 60 }) }),
  fc.constant({ kind: 'SETTLE' as const }),
);

const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 * DAY }), step), { maxLength: 40 });
const dayEnd = (at: number, days: number): number => (Math.floor(at / DAY) + days + 1) * DAY;

/** The law as one would write it down: every lot has its own date, and an activity rewrites those of all that are left. */
class Plain {
  readonly lots: { amount: number; expiresAt: number; lasts: boolean }[] = [];
  #until = -1;

  give(now: number, amount: number, at: number, expiresAt: number | null): void {
    this.#lapse(now);
    if (expiresAt === null) {
      const alive = this.#until > now;
      const own = dayEnd(at, 10);
      this.#until = alive ? Math.max(this.#until, own) : own;
      if (alive) this.#rewrite();
      this.lots.push({ amount, expiresAt: this.#until, lasts: this.#until > now });
    } else {
      this.lots.push({ amount, expiresAt, lasts: false });
      this.act(now, at);
    }
  }

  act(now: number, at: number): void {
    this.#lapse(now);
    if (this.#until <= now) return;
    this.#until = Math.max(this.#until, dayEnd(at, 10));
    this.#rewrite();
  }

  take(now: number, amount: number): boolean {
    this.#lapse(now);
    if (this.available() < amount) return false;
    let left = amount;
    for (const lot of this.lots.toSorted((a, b) => a.expiresAt - b.expiresAt)) {
      const taken = Math.min(left, lot.amount);
      lot.amount -= taken;
      left -= taken;
    }
    this.act(now, now);
    return true;
  }

  at(now: number): number {
    this.#lapse(now);
    return this.available();
  }

  available(): number {
    return this.lots.reduce((sum, lot) => sum + lot.amount, 0);
  }

  #rewrite(): void {
    for (const lot of this.lots) if (lot.lasts) lot.expiresAt = this.#until;
  }

  #lapse(now: number): void {
    for (const lot of this.lots) {
      if (lot.expiresAt > now) continue;
      lot.amount = 0;
      lot.lasts = false;
    }
  }
}

it('one instant on the account tells the same as dates rewritten on every lot, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const book = aBook();
      const plain = new Plain();
      let now = 60;
      for (const [wait, one] of steps) {
        now += wait;
        if (one.kind === 'GIVE') {
          const expiresAt = one.dated ? now + 5 * DAY : null;
          give(book, now, one.amount, { at: now - one.late, expiresAt: expiresAt === null ? null : hour(expiresAt) });
          plain.give(now, one.amount, now - one.late, expiresAt);
        } else if (one.kind === 'TAKE') {
          const fits = plain.take(now, one.amount);
          if (fits) take(book, now, one.amount);
          else expect(() => take(book, now, one.amount)).toThrow('points');
        } else if (one.kind === 'VISIT') {
          visit(book, now, now - one.late);
          plain.act(now, now - one.late);
        } else settle(book, now);
        settle(book, now);
        expect(accountOf(book).available).toBe(plain.at(now));
        expectSound(book);
      }
    }),
  );
});
