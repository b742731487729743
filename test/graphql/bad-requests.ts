// Everything that a caller can get wrong, with the one answer that it is given.
import { randomUUID } from 'node:crypto';

import type { TopLevelCode } from '#src/http/refusal.ts';

import type { Furnished } from './furnished.ts';

export type Who =
  | 'owner'
  | 'analyst'
  | 'publishable'
  | 'customer'
  | 'expired token'
  | 'revoked key'
  | 'made-up key'
  | 'nobody';

/** What must come back: a member of the result, a top-level error, or data that says nothing. */
export type Answer = { refused: string; path: string[] } | { error: TopLevelCode } | { data: Record<string, unknown> };

export type BadRequest = {
  name: string;
  as: Who;
  document: string;
  variables: Record<string, unknown>;
  answer: Answer;
};

export const mutationOf = (name: string): string => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } } }`;
};

const INVALID = 'INVALID_INPUT';
const MISSING = 'NOT_FOUND';
const OF_ALL_NAMES_THE_LONGEST = 'n'.repeat(10_240);

/** The table. `mine` is the caller's program; every key is new unless the row is about keys. */
export function badRequests(mine: Furnished): BadRequest[] {
  return [
    ...badActivities(mine),
    ...badAmounts(mine),
    ...badKeys(mine),
    ...badPages(mine),
    ...badValues(),
    ...badCallers(mine),
    ...badDocuments(),
  ];
}

function change(name: string, mutation: string, input: object, answer: Answer, as: Who = 'owner'): BadRequest {
  const variables = { input: { idempotencyKey: randomUUID(), ...input } };
  return { name, as, document: mutationOf(mutation), variables, answer };
}

function read(name: string, document: string, answer: Answer, as: Who = 'owner', variables = {}): BadRequest {
  return { name, as, document, variables, answer };
}

const refused = (code: string, ...path: string[]): Answer => ({ refused: code, path });
const error = (code: TopLevelCode): Answer => ({ error: code });
const BAD_INPUT = error('BAD_USER_INPUT');

function badActivities({ ids }: Furnished): BadRequest[] {
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

function badAmounts({ ids }: Furnished): BadRequest[] {
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

function badKeys({ ids }: Furnished): BadRequest[] {
  const spend = { customerId: ids.Customer, amount: 1 };
  const keyed = (name: string, idempotencyKey: unknown, answer: Answer): BadRequest =>
    change(name, 'pointsSpend', { ...spend, idempotencyKey }, answer);
  return [
    keyed('a blank key', '   ', refused(INVALID, 'idempotencyKey')),
    keyed('an empty key', '', refused(INVALID, 'idempotencyKey')),
    keyed('a key of 256 characters', 'k'.repeat(256), refused(INVALID, 'idempotencyKey')),
    keyed('a key with NUL in it', 'a\0b', refused(INVALID, 'idempotencyKey')),
    keyed('no key', null, BAD_INPUT),
    keyed('a used key with another amount', 'used', refused('IDEMPOTENCY_MISMATCH', 'idempotencyKey')),
  ];
}

function badPages({ ids }: Furnished): BadRequest[] {
  const page = (name: string, args: { first?: number; last?: number; after?: string }): BadRequest =>
    read(
      name,
      `query ($first: Int, $last: Int, $after: String) { customers(first: $first, last: $last, after: $after) { nodes { id } } }`,
      BAD_INPUT,
      'owner',
      args,
    );
  return [
    page('a page of none', { first: 0 }),
    page('a page of 101', { first: 101 }),
    page('a page of less than none', { last: -1 }),
    page('a page from both ends', { first: 1, last: 1 }),
    page('a cursor that was made up', { after: 'made up' }),
    page('an empty cursor', { after: '' }),
    page('a cursor of 10 kB', { after: OF_ALL_NAMES_THE_LONGEST }),
    page('a cursor of another list', { after: '{cursor of another list}' }),
    page('a page beyond 2^31', { first: 3_000_000_000 }),
    read('a top of 101', `{ leaderboard(id: "${ids.Leaderboard}") { top(first: 101) { rank } } }`, BAD_INPUT),
    read('a top of none', `{ leaderboard(id: "${ids.Leaderboard}") { top(first: 0) { rank } } }`, BAD_INPUT),
  ];
}

function badValues(): BadRequest[] {
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

function badCallers({ ids }: Furnished): BadRequest[] {
  const others = `{ customer(externalId: "Bob") { id } }`;
  const programs = '{ programs { nodes { id } } }';
  const upsert = { externalId: 'new' };
  return [
    read('a read with an expired token', '{ me { id } }', error('UNAUTHENTICATED'), 'expired token'),
    read('a read with a revoked key', '{ viewer { kind } }', error('UNAUTHENTICATED'), 'revoked key'),
    read('a read with a key that nobody has', '{ viewer { kind } }', error('UNAUTHENTICATED'), 'made-up key'),
    read('a read by nobody', '{ customers { nodes { id } } }', error('UNAUTHENTICATED'), 'nobody'),
    change('a write with an expired token', 'customerUpsert', upsert, error('UNAUTHENTICATED'), 'expired token'),
    change('a write with a revoked key', 'customerUpsert', upsert, error('UNAUTHENTICATED'), 'revoked key'),
    change('a write by nobody', 'customerUpsert', upsert, error('UNAUTHENTICATED'), 'nobody'),
    change('a write by who may only read', 'customerUpsert', upsert, error('FORBIDDEN'), 'analyst'),
    change('a write with a publishable key', 'customerUpsert', upsert, error('FORBIDDEN'), 'publishable'),
    change(
      'a spend with a customer token',
      'pointsSpend',
      { customerId: ids.Customer, amount: 1 },
      error('FORBIDDEN'),
      'customer',
    ),
    read('somebody else, by a customer', others, error('FORBIDDEN'), 'customer'),
    read(
      "somebody else's balance, by a customer",
      '{ balance(customerExternalId: "Bob") { available } }',
      error('FORBIDDEN'),
      'customer',
    ),
    read(
      "somebody else's transactions, by a customer",
      '{ ledgerTransactions(customerExternalId: "Bob") { nodes { id } } }',
      error('FORBIDDEN'),
      'customer',
    ),
    read(
      'a balance of nobody, by a customer',
      '{ balance(customerExternalId: "nobody") { available } }',
      error('FORBIDDEN'),
      'customer',
    ),
    read('all customers, by a customer', '{ customers { nodes { id } } }', error('FORBIDDEN'), 'customer'),
    read('keys, with a publishable key', '{ apiKeys { nodes { id } } }', error('FORBIDDEN'), 'publishable'),
    read('programs, with a publishable key', programs, error('FORBIDDEN'), 'publishable'),
    read('programs, with a key of one of them', programs, error('FORBIDDEN'), 'owner'),
    change(
      'a program, made with a publishable key',
      'programCreate',
      { name: 'x', timeZone: 'UTC', currency: 'EUR' },
      error('FORBIDDEN'),
      'publishable',
    ),
    change(
      'a program, archived with a key of its own',
      'programArchive',
      { programId: ids.Program },
      error('FORBIDDEN'),
      'owner',
    ),
  ];
}

function badDocuments(): BadRequest[] {
  const invalid = error('GRAPHQL_VALIDATION_FAILED');
  return [
    read('an empty document', '', error('GRAPHQL_PARSE_FAILED')),
    read('a document of blanks', ' \n ', error('GRAPHQL_PARSE_FAILED')),
    read('a document that does not end', '{ viewer {', error('GRAPHQL_PARSE_FAILED')),
    read('a document of fragments alone', 'fragment F on Query { viewer { kind } }', invalid),
    read('an unknown field', '{ viewers { kind } }', invalid),
    read('an unknown argument', '{ customers(limit: 5) { nodes { id } } }', invalid),
    read(
      'an unknown enum value in the document',
      '{ customers(orderBy: { field: SHOE_SIZE }) { nodes { id } } }',
      invalid,
    ),
    read('a variable that is not given', 'query ($id: ID!) { node(id: $id) { id } }', BAD_INPUT),
    read('a board by nothing', '{ leaderboard { id } }', BAD_INPUT),
    read('a board by id and code', '{ leaderboard(id: "x", code: "x") { id } }', BAD_INPUT),
  ];
}
