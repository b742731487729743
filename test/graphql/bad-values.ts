// Values that a caller can get wrong: in activities, in amounts, and in what is put on record.
import { randomUUID } from 'node:crypto';

import {
  BAD_INPUT,
  change,
  error,
  INVALID,
  MISSING,
  OF_ALL_NAMES_THE_LONGEST,
  read,
  refused,
  type Answer,
  type BadRequest,
  type Who,
} from './bad-request.ts';
import type { Furnished } from './furnished.ts';

export function badActivities({ ids }: Furnished): BadRequest[] {
  const purchase = { type: 'purchase', customerId: ids.Customer, properties: { amount: '5' } };
  const track = (name: string, over: object, answer: Answer, as?: Who): BadRequest =>
    change(name, 'activityTrack', { ...purchase, ...over }, answer, as);
  const farAhead = new Date(Date.now() + 366 * 86_400_000).toISOString();
  return [
    track('an unknown activity type', { type: 'purchas' }, refused(INVALID, 'type')),
    track('an activity type named like a prototype', { type: '__proto__' }, refused(INVALID, 'type')),
    track(
      'a customer by an unknown external id',
      { customerId: null, customerExternalId: 'nobody' },
      refused(MISSING, 'customerExternalId'),
    ),
    track('a customer by no id at all', { customerId: 'x' }, refused(MISSING, 'customerId')),
    track('a customer by a bare UUID', { customerId: randomUUID() }, refused(MISSING, 'customerId')),
    track('a customer by two ids', { customerExternalId: 'Ann' }, refused(INVALID, 'customerId')),
    track(
      'a property that is not declared',
      { properties: { amount: '5', colour: 'red' } },
      refused(INVALID, 'properties', 'colour'),
    ),
    track('a property of the wrong type', { properties: { amount: 'five' } }, refused(INVALID, 'properties', 'amount')),
    track(
      'a fraction where a whole number is declared',
      { properties: { quantity: 1.5 } },
      refused(INVALID, 'properties', 'quantity'),
    ),
    ...['1e3', 'NaN', '', '1,5', 1e300].map((amount) =>
      track(
        `an amount of ${JSON.stringify(amount)}`,
        { properties: { amount } },
        refused(INVALID, 'properties', 'amount'),
      ),
    ),
    track(
      'an amount worth more points than there are',
      { properties: { amount: '9007199254740992' } },
      refused('POINTS_OUT_OF_RANGE'),
    ),
    track(
      'a property named constructor',
      { properties: { constructor: 'x' } },
      refused(INVALID, 'properties', 'constructor'),
    ),
    track(
      'properties beyond 16 kB',
      { properties: { order: OF_ALL_NAMES_THE_LONGEST.repeat(2) } },
      refused(INVALID, 'properties', 'order'),
    ),
    track('properties that are a list', { properties: [] }, BAD_INPUT),
    track('an activity a year ahead', { occurredAt: farAhead }, refused(INVALID, 'occurredAt')),
    track('an activity of ten years ago', { occurredAt: '2016-01-01T00:00:00Z' }, refused(INVALID, 'occurredAt')),
    track('an instant without a zone', { occurredAt: '2026-11-22T10:00:00' }, BAD_INPUT),
    track('an instant on 29 February 2023', { occurredAt: '2023-02-29T10:00:00Z' }, BAD_INPUT),
    track('an instant in the year +275760', { occurredAt: '+275760-09-13T00:00:00Z' }, BAD_INPUT),
    track('a message id of 10 kB', { messageId: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'messageId')),
    track('an unknown channel', { channel: 'FAX' }, BAD_INPUT),
    track('a number for a type', { type: 7 }, BAD_INPUT),
    track('null for a type', { type: null }, BAD_INPUT),
    track('a field that does not exist', { colour: 'red' }, BAD_INPUT),
    change(
      'a batch of 1,001',
      'activityTrackBatch',
      { items: Array.from({ length: 1_001 }, () => purchase) },
      refused(INVALID, 'items'),
    ),
    change('a batch of none', 'activityTrackBatch', { items: [] }, refused(INVALID, 'items')),
    change(
      'a batch of 1,001 customers',
      'customerUpsertBatch',
      { items: Array.from({ length: 1_001 }, (_item, n) => ({ externalId: `c${n}` })) },
      refused(INVALID, 'items'),
    ),
    change(
      'a reversal of an unknown message',
      'activityReverse',
      { messageId: 'never' },
      refused(MISSING, 'messageId'),
    ),
    change('a reversal of nothing', 'activityReverse', {}, refused(INVALID, 'activityId')),
  ];
}

export function badAmounts({ ids }: Furnished): BadRequest[] {
  const customerId = ids.Customer;
  const spend = (amount: unknown, answer: Answer): BadRequest =>
    change(`a spend of ${JSON.stringify(amount)}`, 'pointsSpend', { customerId, amount }, answer);
  const adjust = (amount: unknown, answer: Answer): BadRequest =>
    change(`an adjustment of ${JSON.stringify(amount)}`, 'pointsAdjust', { customerId, amount, reason: 'why' }, answer);
  const literal = (text: string): BadRequest =>
    read(
      `a spend of ${text} in the document`,
      `mutation { pointsSpend(input: { idempotencyKey: "k", customerId: "${customerId}", amount: ${text} }) { __typename } }`,
      error('GRAPHQL_VALIDATION_FAILED'),
    );
  return [
    spend(0, refused(INVALID, 'amount')),
    spend(-1, refused(INVALID, 'amount')),
    ...[1.5, 2 ** 53, 2 ** 63, -(2 ** 53), '1e3', '5', 'NaN', null, true, [5], {}].map((amount) =>
      spend(amount, BAD_INPUT),
    ),
    ...['1.5', '9007199254740993', '1e3', 'NaN', '"5"'].map(literal),
    spend(91, refused('INSUFFICIENT_POINTS', 'amount')),
    adjust(0, refused(INVALID, 'amount')),
    adjust(Number.MAX_SAFE_INTEGER, refused('POINTS_OUT_OF_RANGE')),
    change('a hold of none', 'pointsHold', { customerId, amount: 0 }, refused(INVALID, 'amount')),
    change(
      'a capture of more than is held',
      'holdCapture',
      { holdId: ids.Hold, amount: 11 },
      refused('INSUFFICIENT_POINTS', 'amount'),
    ),
    change(
      'a transfer to the same customer',
      'pointsTransfer',
      { fromCustomerId: customerId, toCustomerId: customerId, amount: 1 },
      refused(INVALID, 'toCustomerId'),
    ),
    change(
      'an unknown currency',
      'pointsSpend',
      { customerId, amount: 1, currency: 'gold' },
      refused(MISSING, 'currency'),
    ),
  ];
}

export function badValues(): BadRequest[] {
  const upsert = (name: string, over: object, answer: Answer): BadRequest =>
    change(name, 'customerUpsert', { externalId: 'new', ...over }, answer);
  return [
    upsert('a name of 10 kB', { displayName: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'displayName')),
    upsert('an external id of 10 kB', { externalId: OF_ALL_NAMES_THE_LONGEST }, refused(INVALID, 'externalId')),
    upsert('a blank external id', { externalId: ' ' }, refused(INVALID, 'externalId')),
    upsert('an external id with NUL in it', { externalId: 'a\0b' }, refused(INVALID, 'externalId')),
    upsert('an address that is none', { email: 'ann at home' }, refused(INVALID, 'email')),
    upsert('a locale that is none', { locale: 'not a locale' }, refused(INVALID, 'locale')),
    upsert('a zone on Mars', { timeZone: 'Mars/Phobos' }, refused(INVALID, 'timeZone')),
    upsert('a zone of GMT+25', { timeZone: 'GMT+25' }, refused(INVALID, 'timeZone')),
    upsert('an empty zone', { timeZone: '' }, refused(INVALID, 'timeZone')),
    upsert('a birthday on 29 February 2023', { birthday: '2023-02-29' }, BAD_INPUT),
    upsert('a birthday on no day', { birthday: '0000-00-00' }, BAD_INPUT),
    upsert('a birthday in the year +275760', { birthday: '+275760-09-13' }, BAD_INPUT),
    upsert(
      'an attribute that is not declared',
      { attributes: { plan: 'pro' } },
      refused(INVALID, 'attributes', 'plan'),
    ),
    change('a program in a zone on Mars', 'programUpdate', { timeZone: 'Mars/Phobos' }, BAD_INPUT),
    change(
      'a program with a name of 10 kB',
      'programUpdate',
      { name: OF_ALL_NAMES_THE_LONGEST },
      refused(INVALID, 'name'),
    ),
    change(
      'a key with a name of 10 kB',
      'secretKeyCreate',
      { name: OF_ALL_NAMES_THE_LONGEST, role: 'OWNER' },
      refused(INVALID, 'name'),
    ),
    change('a key of an unknown role', 'secretKeyCreate', { name: 'x', role: 'KING' }, BAD_INPUT),
    change(
      'an activity type named __proto__',
      'activityTypeSave',
      { code: '__proto__', name: 'x', properties: [] },
      refused(INVALID, 'code'),
    ),
    change(
      'a board with a name of 10 kB',
      'leaderboardCreate',
      { code: 'b', name: OF_ALL_NAMES_THE_LONGEST, metric: 'POINTS_EARNED' },
      refused(INVALID, 'name'),
    ),
  ];
}
