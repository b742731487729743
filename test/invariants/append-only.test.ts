import { describe, expect, test } from 'vitest';

import { INVARIANTS } from '#src/jobs/check-invariants.ts';

import { brokenBy } from '../support/broken.ts';
import { testDatabase } from '../support/database.ts';
import { aCustomer, earn, expectNoOffences } from '../support/ledger.ts';
import { aProgram, testDeps } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
const ann = await aCustomer(deps, program);
await earn(deps, program, ann, 100);

describe('the database itself', () => {
  test.each([
    'update ledger_entry set amount = amount + 1',
    'delete from ledger_entry',
    'truncate ledger_entry',
    "update ledger_transaction set reason = 'another'",
    'delete from ledger_transaction',
    'truncate ledger_transaction cascade',
  ])('refuses to %s', async (statement) => {
    await expect(deps.reads.query(statement)).rejects.toMatchObject({ code: '23001' });
    await expectNoOffences(deps);
  });

  test('refuses entries that do not sum to zero', async () => {
    const unbalanced = `insert into ledger_entry (program_id, id, transaction_id, account_id, bucket, amount, effective_at, recorded_at)
      select program_id, gen_random_uuid(), transaction_id, account_id, bucket, 5, now(), now() from ledger_entry where seq is null`;
    await expect(deps.reads.query(unbalanced)).rejects.toMatchObject({ code: '23514' });
  });
});

/** A change that breaks exactly these laws, made where the database allows it. */
const BREAKS: [string, string, string[]][] = [
  [
    'a cached balance',
    'update ledger_account set available = available + 1 where customer_id is not null',
    ['balances-equal-entries', 'lots-equal-balances'],
  ],
  ['what remains of a lot', 'update lot set remaining = remaining - 1', ['lots-equal-entries', 'lots-equal-balances']],
  [
    'the number of the last entry',
    'update ledger_account set seq = 9 where customer_id is not null',
    ['entries-are-numbered'],
  ],
  [
    'the due instant',
    "update ledger_account set next_due_at = now() + interval '1 day' where customer_id is not null",
    ['due-instants-are-kept'],
  ],
  ['a run of activity', 'update lot set active_run = 1', ['runs-of-activity-are-kept']],
  [
    'an expiry that was moved',
    `insert into ledger_transaction (program_id, id, currency_id, kind, customer_id, amount, effective_at, recorded_at, actor)
     select program_id, gen_random_uuid(), currency_id, 'EXPIRY_MOVE', customer_id, 0, now(), now(), 'nobody' from ledger_account where customer_id is not null`,
    ['moved-expiries-are-kept'],
  ],
  ['the state of a lot', "update lot set state = 'PENDING'", ['lots-equal-entries', 'lots-equal-balances']],
  ['the currency’s kind', "update point_currency set kind = 'SPENDABLE'", []],
  [
    'an outcome',
    "insert into idempotency (program_id, mutation, key, input_hash) select id, 'm', 'k', ''::bytea from program",
    ['outcomes-are-stored'],
  ],
  [
    'a hold',
    `insert into hold (program_id, id, account_id, state, amount, remaining, actor, created_at, expires_at)
     select program_id, gen_random_uuid(), id, 'OPEN', 5, 5, 'nobody', now(), now() + interval '1 day' from ledger_account where customer_id is not null`,
    ['holds-equal-balances', 'holds-equal-transactions', 'due-instants-are-kept'],
  ],
  [
    'a balance after an entry',
    `alter table ledger_entry disable trigger ledger_entry_append_only;
     update ledger_entry set balance_after = balance_after + 1 where seq is not null`,
    ['balances-are-chained'],
  ],
  [
    'an entry',
    `alter table ledger_entry disable trigger ledger_entry_append_only; update ledger_entry set amount = amount + 1 where seq is null`,
    ['transactions-balance'],
  ],
  [
    'a counterparty',
    `alter table ledger_entry disable trigger ledger_entry_append_only;
     update ledger_entry set account_id = (select id from ledger_account where kind = 'EXPIRY') where seq is null`,
    ['counterparties-fit'],
  ],
  [
    'a revision',
    `alter table ledger_transaction disable trigger ledger_transaction_append_only; update ledger_transaction set rule_revision = 7`,
    ['revisions-exist'],
  ],
  [
    'an entry’s account',
    `alter table ledger_entry disable trigger ledger_entry_append_only; update ledger_entry set account_id = gen_random_uuid() where seq is null`,
    ['ledger-entry-has-account'],
  ],
  [
    'a message without its activity',
    "insert into activity_message (program_id, message_id, activity_id) select id, 'm', gen_random_uuid() from program",
    ['activity-message-has-activity'],
  ],
  [
    'a score of somebody else’s customer',
    `insert into leaderboard_entry (program_id, season_id, customer_id, score, reached_at)
     select id, gen_random_uuid(), gen_random_uuid(), 1, now() from program`,
    ['leaderboard-entry-has-season', 'leaderboard-entry-has-customer'],
  ],
  [
    'an attempt that nobody made',
    `insert into leaderboard_attempt (program_id, leaderboard_id, season_key, customer_id, used)
     select program_id, gen_random_uuid(), 'all', id, 1 from customer limit 1`,
    ['leaderboard-attempts'],
  ],
  [
    'a team without members',
    `insert into team (program_id, id, name, captain_id, joining, size_max, created_at)
     select program_id, gen_random_uuid(), 'x', id, 'OPEN', 5, now() from customer limit 1`,
    ['team-members'],
  ],
  [
    'a friend whose friend one is not',
    `with other as (
       insert into customer (program_id, id, external_id) select program_id, gen_random_uuid(), 'other' from customer limit 1 returning program_id, id
     )
     insert into friend (program_id, customer_id, friend_id, state, since)
     select o.program_id, o.id, c.id, 'ACCEPTED', now() from other o join customer c on c.program_id = o.program_id limit 1`,
    ['friends-are-mutual'],
  ],
];

describe('the invariants', () => {
  test.each(BREAKS)('notice a change of %s', async (_what, statement, broken) => {
    expect(await brokenBy(deps, program.programId, statement)).toEqual(broken.toSorted());
  });

  test('have names of their own, and none is broken here', async () => {
    expect(new Set(INVARIANTS.map((check) => check.name)).size).toBe(INVARIANTS.length);
    await expectNoOffences(deps);
  });
});
