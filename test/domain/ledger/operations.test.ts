import { describe, expect, test } from 'vitest';

import {
  InsufficientPointsError,
  InvalidInputError,
  LimitExceededError,
  PointsOutOfRangeError,
  StateConflictError,
} from '#domain/errors.ts';
import { credit } from '#domain/ledger/credit.ts';
import type { Credit } from '#domain/ledger/credit.ts';
import { adjustDown, spend, transfer } from '#domain/ledger/debit.ts';
import { capture, hold, releaseHold } from '#domain/ledger/hold.ts';
import { lotsReleasedBy, releaseLot } from '#domain/ledger/pending.ts';
import { reverseCredit } from '#domain/ledger/reverse.ts';
import { settleDue } from '#domain/ledger/settle-due.ts';
import { POINTS_MAX } from '#domain/points.ts';

import { accountOf, expectSound, hour, openBook, POINTS, record, STATUS } from './book.ts';
import type { Book } from './book.ts';

function give(book: Book, amount: number, terms: Partial<Credit> = {}, at = 0, index = 0) {
  return record(book, hour(at), (posting) =>
    credit(posting, accountOf(book, index), {
      kind: 'EARN',
      currency: POINTS,
      amount,
      effectiveAt: hour(at),
      pending: null,
      expiresAt: null,
      beyondCap: 'TRUNCATE',
      cause: {},
      ...terms,
    }),
  );
}

const debit = (amount: number, at = 0) => ({ currency: POINTS, amount, effectiveAt: hour(at), cause: {} });

/** An account that owes: earned, spent, and the earning taken back. */
function indebted(debt: number): Book {
  const book = openBook('ann');
  const { transactionId } = give(book, debt);
  record(book, hour(0), (posting) => spend(posting, accountOf(book), debit(debt)));
  record(book, hour(0), (posting) =>
    reverseCredit(posting, accountOf(book), {
      transactionId: transactionId ?? '',
      counterparty: 'ISSUANCE',
      lots: book.lots,
      amount: debt,
      lapsed: 0,
      policy: 'UNLIMITED',
      effectiveAt: hour(0),
      cause: {},
    }),
  );
  expect(accountOf(book).available).toBe(-debt);
  return book;
}

describe('a credit', () => {
  test.each([
    [0, InvalidInputError],
    [-1, InvalidInputError],
    [0.5, InvalidInputError],
    [Number.NaN, InvalidInputError],
    [2 ** 53, PointsOutOfRangeError],
    [Infinity, InvalidInputError],
  ])('of %d is refused', (amount, refusal) => {
    const book = openBook('ann');
    expect(() => give(book, amount)).toThrow(refusal);
    expect(book.transactions).toEqual([]);
  });

  test('is exact up to 2^53−1 and refused where the balance would pass it', () => {
    const book = openBook('ann');
    give(book, POINTS_MAX);
    expect(() => give(book, 1)).toThrow(PointsOutOfRangeError);
    expect(accountOf(book).available).toBe(POINTS_MAX);
    expectSound(book);
  });

  test('is refused where pending, available and held together would pass 2^53−1, so that a release always has room', () => {
    const book = openBook('ann');
    const pending = { availableAt: hour(1), activityType: null, key: null };
    give(book, 5, { pending });
    expect(() => give(book, POINTS_MAX - 4)).toThrow(PointsOutOfRangeError);
    give(book, POINTS_MAX - 5);
    expect(() => give(book, 1, { pending })).toThrow(PointsOutOfRangeError);
    record(book, hour(1), (posting) => settleDue(posting, accountOf(book), hour(1)));
    expect(accountOf(book)).toMatchObject({ pending: 0, available: POINTS_MAX });
    expectSound(book);
  });

  test.each([
    ['TRUNCATE', 30, 30],
    ['TRUNCATE', 31, 30],
    ['REFUSE', 30, 30],
  ] as const)('under a cap with room for 30 gives, by %s, of %d points %d', (beyondCap, amount, granted) => {
    const book = openBook('ann');
    give(book, 50);
    give(book, 20, { pending: { availableAt: hour(9), activityType: null, key: null } });
    const currency = { ...POINTS, balanceCap: 100 };
    expect(give(book, amount, { currency, beyondCap }).granted).toBe(granted);
    expect(give(book, 5, { currency })).toEqual({ expiresAt: null, granted: 0, transactionId: null, lotId: null });
    expect(() => give(book, 1, { currency, beyondCap: 'REFUSE' })).toThrow(LimitExceededError);
    expectSound(book);
  });

  test('counts held points towards the cap, and a debt as room', () => {
    const book = openBook('ann');
    give(book, 80);
    record(book, hour(0), (posting) => hold(posting, accountOf(book), { ...debit(80), expiresAt: hour(9) }));
    expect(give(book, 50, { currency: { ...POINTS, balanceCap: 100 } }).granted).toBe(20);
    expect(give(indebted(30), 500, { currency: { ...POINTS, balanceCap: 100 } }).granted).toBe(130);
  });

  test('pays a debt first, and the rest keeps its own expiry', () => {
    const book = indebted(70);
    give(book, 30);
    expect(accountOf(book).available).toBe(-40);
    give(book, 100, { expiresAt: hour(5) });
    expect(accountOf(book)).toMatchObject({ available: 60, nextDueAt: hour(5) });
    record(book, hour(5), (posting) => settleDue(posting, accountOf(book), hour(5)));
    expect(accountOf(book).available).toBe(0);
    expectSound(book);
  });

  test('that is pending leaves a debt until it is released', () => {
    const book = indebted(70);
    const { lotId } = give(book, 100, { pending: { availableAt: null, activityType: null, key: null } });
    expect(accountOf(book)).toMatchObject({ pending: 100, available: -70 });
    const lot = book.lots.find((each) => each.id === lotId);
    record(
      book,
      hour(1),
      (posting) => lot && releaseLot(posting, accountOf(book), lot, { effectiveAt: hour(1), cause: {} }),
    );
    expect(accountOf(book)).toMatchObject({ pending: 0, available: 30 });
    expectSound(book);
  });

  test('needs no lots in hand unless something is due', () => {
    const book = openBook('ann');
    accountOf(book).lotsLoaded = false;
    expect(give(book, 10, { expiresAt: hour(3) }).granted).toBe(10);
    expect(accountOf(book).nextDueAt).toEqual(hour(3));
    expect(() => record(book, hour(0), (posting) => spend(posting, accountOf(book), debit(1)))).toThrow('not loaded');
  });
});

describe('spending', () => {
  test('draws on the lot that expires soonest, then on the older one of equal expiry, and last on what never expires', () => {
    const book = openBook('ann');
    for (const expiry of [null, 9, 5, 9]) give(book, 10, { expiresAt: expiry === null ? null : hour(expiry) });
    record(book, hour(1), (posting) => spend(posting, accountOf(book), debit(25, 1)));
    expect(book.lots.map((lot) => lot.remaining)).toEqual([10, 0, 0, 5]);
    expectSound(book);
  });

  test('refuses more than there is and leaves no trace', () => {
    const book = openBook('ann');
    give(book, 10);
    for (const operate of [spend, adjustDown]) {
      expect(() => record(book, hour(0), (posting) => operate(posting, accountOf(book), debit(11)))).toThrow(
        InsufficientPointsError,
      );
    }
    expect(accountOf(book)).toMatchObject({ available: 10, seq: 1 });
    expectSound(book);
  });

  test('is closed to status points, and so are holding and transferring; correcting is not', () => {
    const book = openBook('ann', 'bob');
    give(book, 10, { currency: STATUS });
    const status = { ...debit(1), currency: STATUS, expiresAt: hour(9) };
    const [ann, bob] = [accountOf(book), accountOf(book, 1)];
    expect(() => record(book, hour(0), (posting) => spend(posting, ann, status))).toThrow(StateConflictError);
    expect(() => record(book, hour(0), (posting) => hold(posting, ann, status))).toThrow(StateConflictError);
    expect(() => record(book, hour(0), (posting) => transfer(posting, ann, bob, status))).toThrow(StateConflictError);
    record(book, hour(0), (posting) => adjustDown(posting, ann, status));
    expect(ann.available).toBe(9);
  });
});

describe('settling', () => {
  test('writes releases, time-outs and expiries in the order of their instants, each effective at its own', () => {
    const book = openBook('ann');
    const ann = accountOf(book);
    give(book, 10, { pending: { availableAt: hour(4), activityType: null, key: null }, expiresAt: hour(6) });
    give(book, 20, { expiresAt: hour(3) });
    record(book, hour(0), (posting) => hold(posting, ann, { ...debit(5), expiresAt: hour(5) }));
    record(book, hour(10), (posting) => settleDue(posting, ann, hour(10)));
    const settled = book.transactions.slice(3).map(({ kind, amount, effectiveAt }) => [kind, amount, effectiveAt]);
    expect(settled).toEqual([
      ['EXPIRE', 15, hour(3)],
      ['RELEASE', 10, hour(4)],
      ['HOLD_EXPIRE', 5, hour(5)],
      ['EXPIRE', 5, hour(5)],
      ['EXPIRE', 10, hour(6)],
    ]);
    expect(ann).toMatchObject({ pending: 0, available: 0, held: 0, nextDueAt: null });
    expectSound(book);
  });

  test('lets a back-dated credit expire no earlier than it was earned', () => {
    const book = openBook('ann');
    give(book, 10, { expiresAt: hour(-5) }, -2);
    record(book, hour(1), (posting) => settleDue(posting, accountOf(book), hour(1)));
    expect(book.transactions.at(-1)).toMatchObject({ kind: 'EXPIRE', effectiveAt: hour(-2), recordedAt: hour(1) });
  });

  test('twice does nothing the second time', () => {
    const book = openBook('ann');
    give(book, 10, { expiresAt: hour(1) });
    for (const at of [2, 3]) record(book, hour(at), (posting) => settleDue(posting, accountOf(book), hour(at)));
    expect(book.transactions.length).toBe(2);
  });
});

describe('a hold', () => {
  test('is captured from its soonest-expiring lots, and gives the rest back where it came from', () => {
    const book = openBook('ann');
    const ann = accountOf(book);
    give(book, 10, { expiresAt: hour(9) });
    give(book, 10);
    const held = record(book, hour(0), (posting) => hold(posting, ann, { ...debit(15), expiresAt: hour(5) })).hold;
    record(book, hour(1), (posting) => capture(posting, ann, held, debit(12, 1)));
    expect(held).toMatchObject({ state: 'OPEN', remaining: 3, captured: 12 });
    record(book, hour(2), (posting) =>
      releaseHold(posting, ann, held, { as: 'RELEASED', effectiveAt: hour(2), cause: {} }),
    );
    expect(held).toMatchObject({ state: 'RELEASED', remaining: 0, captured: 12, closedAt: hour(2) });
    expect(book.lots.map((lot) => lot.remaining)).toEqual([0, 8]);
    expect(() => record(book, hour(2), (posting) => capture(posting, ann, held, debit(1, 2)))).toThrow(
      StateConflictError,
    );
    expectSound(book);
  });
});

describe('an activity', () => {
  test.each([
    ['order_shipped', 'order 1', [10, 30]],
    ['order_shipped', 'order 2', [30]],
    ['order_shipped', null, [30]],
    ['review', 'order 1', []],
  ])('of type %s with the key %s releases the lots of %j points', (type, key, amounts) => {
    const book = openBook('ann');
    give(book, 10, { pending: { availableAt: null, activityType: 'order_shipped', key: 'order 1' } });
    give(book, 20, { pending: { availableAt: null, activityType: null, key: null } });
    give(book, 30, { pending: { availableAt: hour(9), activityType: 'order_shipped', key: null } });
    expect(lotsReleasedBy(accountOf(book), type, key).map((lot) => lot.amount)).toEqual(amounts);
  });
});
