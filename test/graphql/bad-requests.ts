import { badDraws } from './bad-draws.ts';
import { badLive } from './bad-live.ts';
// Everything that a caller can get wrong, with the one answer that it is given.
import {
  BAD_INPUT,
  change,
  error,
  INVALID,
  OF_ALL_NAMES_THE_LONGEST,
  read,
  refused,
  type Answer,
  type BadRequest,
} from './bad-request.ts';
import { badRewards } from './bad-rewards.ts';
import { badActivities, badAmounts, badValues } from './bad-values.ts';
import type { Furnished } from './furnished.ts';

/** The table. `mine` is the caller's program; every key is new unless the row is about keys. */
export function badRequests(mine: Furnished): BadRequest[] {
  return [
    ...badActivities(mine),
    ...badAmounts(mine),
    ...badKeys(mine),
    ...badPages(mine),
    ...badValues(),
    ...badRewards(mine),
    ...badDraws(mine),
    ...badLive(mine),
    ...badCallers(mine),
    ...badDocuments(),
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
