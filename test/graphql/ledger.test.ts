import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn, expectNoOffences } from '../support/ledger.ts';
import {
  anonymous,
  aProgram,
  asCustomer,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
} from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
const owner = asOwner(program);

const SPEND = /* GraphQL */ `
  mutation ($input: PointsSpendInput!) {
    pointsSpend(input: $input) {
      __typename
      ... on PointsSpendPayload {
        replayed
        balance {
          available
          pending
          held
          negative
          version
          currency {
            code
          }
        }
        transaction {
          id
          kind
          amount
          customerId
          reason
          actor
          entries {
            account
            bucket
            amount
            lotId
            sequence
            balanceAfter
            customerId
          }
          reversedBy {
            id
          }
          hold {
            id
          }
          activity {
            id
          }
        }
      }
      ... on UserError {
        code
        message
        path
      }
      ... on InsufficientPointsError {
        needed
        available
      }
    }
  }
`;

const BALANCE = /* GraphQL */ `
  query ($id: ID, $currency: String, $asOf: DateTime, $basis: BalanceBasis! = EFFECTIVE) {
    balance(customerId: $id, currency: $currency, asOf: $asOf, basis: $basis) {
      available
      pending
      held
      negative
      asOf
    }
  }
`;

const cus = (id: string): string => publicId('Customer', id);
const input = (fields: Record<string, unknown>) => ({ input: { idempotencyKey: randomUUID(), ...fields } });

describe('pointsSpend', () => {
  test('answers the transaction with its entries and the balance, and the same again for the same key', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const variables = input({ customerId: cus(ann), amount: 40, reason: 'a mug' });
    const first = await execute<{ pointsSpend: { transaction: { entries: object[] } } }>(deps, owner, SPEND, variables);
    expect(first.errors).toBeUndefined();
    expect(first.data?.pointsSpend).toMatchObject({
      __typename: 'PointsSpendPayload',
      replayed: false,
      balance: { available: 60, pending: 0, held: 0, negative: 0, currency: { code: 'points' } },
      transaction: {
        kind: 'SPEND',
        amount: 40,
        customerId: cus(ann),
        reason: 'a mug',
        actor: program.scope.actor,
        reversedBy: [],
        hold: null,
        activity: null,
      },
    });
    expect(first.data?.pointsSpend.transaction.entries).toMatchObject([
      { account: 'CUSTOMER', bucket: 'AVAILABLE', amount: -40, balanceAfter: 60, sequence: 2, customerId: cus(ann) },
      { account: 'REDEMPTION', amount: 40, balanceAfter: null, sequence: null, customerId: null, lotId: null },
    ]);
    const again = await execute<{ pointsSpend: object }>(deps, owner, SPEND, variables);
    expect(again.data?.pointsSpend).toEqual({ ...(first.data?.pointsSpend as object), replayed: true });
  });

  test('is the same call in another spelling, by external id or not', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const result = await execute(deps, owner, SPEND, input({ customerExternalId: `customer ${ann}`, amount: 1 }));
    expect(result.data).toMatchObject({ pointsSpend: { balance: { available: 99 } } });
  });

  test.each([
    [{ amount: 101 }, { __typename: 'InsufficientPointsError', needed: 101, available: 100 }],
    [{ amount: 0 }, { __typename: 'InvalidInputError', path: ['amount'] }],
    [{ amount: -1 }, { __typename: 'InvalidInputError', path: ['amount'] }],
    [
      { amount: 1, currency: 'nothing' },
      { __typename: 'NotFoundError', path: ['currency'] },
    ],
    [
      { amount: 1, customerId: 'cus_nonsense' },
      { __typename: 'NotFoundError', path: ['customerId'] },
    ],
    [
      { amount: 1, customerId: cus(randomUUID()) },
      { __typename: 'NotFoundError', path: ['customerId'] },
    ],
    [
      { amount: 1, customerExternalId: 'two names' },
      { __typename: 'InvalidInputError', path: ['customerId'] },
    ],
    [
      { amount: 1, reason: ' ' },
      { __typename: 'InvalidInputError', path: ['reason'] },
    ],
    [
      { amount: 1, idempotencyKey: ' ' },
      { __typename: 'InvalidInputError', path: ['idempotencyKey'] },
    ],
  ])('refuses %o by a typed error and writes nothing', async (fields, refusal) => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const result = await execute(deps, owner, SPEND, input({ customerId: cus(ann), ...fields }));
    expect(result.errors).toBeUndefined();
    expect(result.data).toMatchObject({ pointsSpend: refusal });
    expect((await execute(deps, owner, BALANCE, { id: cus(ann) })).data).toMatchObject({ balance: { available: 100 } });
  });

  test.each(['1.5', '9007199254740992', '1e3', '"5"'])(
    'refuses the literal %s before anything runs',
    async (literal) => {
      const document = `mutation { pointsSpend(input: { idempotencyKey: "k", customerId: "cus_x", amount: ${literal} }) { __typename } }`;
      const result = await execute(deps, owner, document);
      expect(result.data ?? null).toBeNull();
      expect(result.errors).toHaveLength(1);
    },
  );

  test.each([
    ['anybody', () => anonymous(), 'UNAUTHENTICATED'],
    ['a publishable key', () => asPublishable(program), 'FORBIDDEN'],
    ['a customer', () => asCustomer(program, randomUUID()), 'FORBIDDEN'],
    ['an analyst', () => asRole(program, 'DATA_ANALYST'), 'FORBIDDEN'],
  ])('is closed to %s', async (_who, caller, code) => {
    const result = await execute(deps, caller(), SPEND, input({ customerId: cus(randomUUID()), amount: 1 }));
    expect(result.data).toBeNull();
    expect(result.errors?.[0]?.originalError).toMatchObject({ code });
  });
});

describe('a hold on the graph', () => {
  test('is made, captured in part and released, and can be read', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 100);
    const held = await execute<{ pointsHold: { hold: { id: string } } }>(
      deps,
      owner,
      `mutation ($input: PointsHoldInput!) { pointsHold(input: $input) { __typename ... on PointsHoldPayload { hold { id state remaining customerId } balance { available held } } ... on UserError { code message } } }`,
      input({ customerId: cus(ann), amount: 60, ttlSeconds: 60 }),
    );
    expect(held.data).toMatchObject({
      pointsHold: {
        hold: { state: 'OPEN', remaining: 60, customerId: cus(ann) },
        balance: { available: 40, held: 60 },
      },
    });
    const holdId = held.data?.pointsHold.hold.id;
    const captured = await execute(
      deps,
      owner,
      `mutation ($input: HoldCaptureInput!) { holdCapture(input: $input) { ... on HoldCapturePayload { hold { state remaining captured } transaction { kind hold { id } } } } }`,
      input({ holdId, amount: 20 }),
    );
    expect(captured.data).toMatchObject({
      holdCapture: {
        hold: { state: 'OPEN', remaining: 40, captured: 20 },
        transaction: { kind: 'CAPTURE', hold: { id: holdId } },
      },
    });
    const released = await execute(
      deps,
      owner,
      `mutation ($input: HoldReleaseInput!) { holdRelease(input: $input) { ... on HoldReleasePayload { hold { state remaining closedAt } balance { available } } } }`,
      input({ holdId }),
    );
    expect(released.data).toMatchObject({
      holdRelease: { hold: { state: 'RELEASED', remaining: 0 }, balance: { available: 80 } },
    });
    const READ = `query ($id: ID!) { hold(id: $id) { id state } node(id: $id) { __typename } }`;
    expect((await execute(deps, asCustomer(program, ann), READ, { id: holdId })).data).toMatchObject({
      hold: { id: holdId },
      node: { __typename: 'Hold' },
    });
    expect((await execute(deps, asCustomer(program, randomUUID()), READ, { id: holdId })).data).toEqual({
      hold: null,
      node: null,
    });
    expect((await execute(deps, asOwner(await aProgram(deps)), READ, { id: holdId })).data).toEqual({
      hold: null,
      node: null,
    });
  });
});

describe('corrections', () => {
  const ADJUST = `mutation ($input: PointsAdjustInput!) { pointsAdjust(input: $input) { __typename ... on PointsAdjustPayload { balance { available } transaction { id reason lots { amount expiresAt } } } ... on LimitExceededError { limit } } }`;

  test('are bounded by the key, else by the role', async () => {
    const ann = await aCustomer(deps, program);
    const adjust = async (caller: ReturnType<typeof asRole>, amount: number) =>
      (
        await execute<{ pointsAdjust: object }>(
          deps,
          caller,
          ADJUST,
          input({ customerId: cus(ann), amount, reason: 'sorry' }),
        )
      ).data?.pointsAdjust;
    expect(await adjust(asRole(program, 'CUSTOMER_SUCCESS', 50), 51)).toEqual({
      __typename: 'LimitExceededError',
      limit: 50,
    });
    expect(await adjust(asRole(program, 'CUSTOMER_SUCCESS'), 10_001)).toEqual({
      __typename: 'LimitExceededError',
      limit: 10_000,
    });
    expect(await adjust(asRole(program, 'CUSTOMER_SUCCESS'), 10_000)).toMatchObject({ balance: { available: 10_000 } });
    expect(await adjust(owner, 5_000_000)).toMatchObject({
      balance: { available: 5_010_000 },
      transaction: { reason: 'sorry', lots: [{ amount: 5_000_000, expiresAt: null }] },
    });
  });

  test('are undone by ledgerTransactionReverse, once', async () => {
    const ann = await aCustomer(deps, program);
    const given = await execute<{ pointsAdjust: { transaction: { id: string } } }>(
      deps,
      owner,
      ADJUST,
      input({ customerId: cus(ann), amount: 50, reason: 'oops' }),
    );
    const transactionId = given.data?.pointsAdjust.transaction.id;
    const REVERSE = `mutation ($input: LedgerTransactionReverseInput!) { ledgerTransactionReverse(input: $input) { __typename ... on LedgerTransactionReversePayload { reversed uncollected balance { available } transaction { kind reverses { id reversedBy { kind } } } } ... on StateConflictError { state } } }`;
    const undo = async () => (await execute(deps, owner, REVERSE, input({ transactionId, reason: 'not meant' }))).data;
    expect(await undo()).toMatchObject({
      ledgerTransactionReverse: {
        reversed: 50,
        uncollected: 0,
        balance: { available: 0 },
        transaction: { kind: 'REVERSE', reverses: { id: transactionId, reversedBy: [{ kind: 'REVERSE' }] } },
      },
    });
    expect(await undo()).toEqual({ ledgerTransactionReverse: { __typename: 'StateConflictError', state: 'REVERSED' } });
  });
});

describe('reading', () => {
  test('balances of one request add up while points move between the customers', async () => {
    const customers = await Promise.all(Array.from({ length: 4 }, () => aCustomer(deps, program)));
    for (const customer of customers) await earn(deps, program, customer, 100);
    const TRANSFER = `mutation ($input: PointsTransferInput!) { pointsTransfer(input: $input) { __typename } }`;
    const moves = Array.from({ length: 40 }, (_, index) =>
      execute(
        deps,
        owner,
        TRANSFER,
        input({
          fromCustomerId: cus(customers[index % 4] ?? ''),
          toCustomerId: cus(customers[(index + 1 + (index % 3)) % 4] ?? ''),
          amount: 7,
        }),
      ),
    );
    const fields = customers
      .map((customer, index) => `b${index}: balance(customerId: "${cus(customer)}") { available }`)
      .join(' ');
    for (let round = 0; round < 20; round += 1) {
      const { data } = await execute<Record<string, { available: number }>>(deps, owner, `{ ${fields} }`);
      expect(Object.values(data ?? {}).reduce((sum, balance) => sum + balance.available, 0)).toBe(400);
    }
    await Promise.all(moves);
  });

  test('a customer reads their own balance, lots and transactions and nobody else’s', async () => {
    const [ann, bob] = [await aCustomer(deps, program), await aCustomer(deps, program)];
    await earn(deps, program, ann, 100, { expiresAt: new Date(Date.now() + 86_400_000) });
    await earn(deps, program, ann, 20);
    const OWN = `query ($id: ID) { balance(customerId: $id) { available } lots(customerId: $id) { nodes { remaining expiresAt } } ledgerTransactions(customerId: $id) { nodes { kind amount entries { amount } } } }`;
    const own = await execute(deps, asCustomer(program, ann), OWN);
    expect(own.errors).toBeUndefined();
    expect(own.data).toMatchObject({
      balance: { available: 120 },
      lots: { nodes: [{ remaining: 100 }, { remaining: 20, expiresAt: null }] },
      ledgerTransactions: {
        nodes: [
          { kind: 'EARN', amount: 20, entries: [{ amount: 20 }, { amount: -20 }] },
          { kind: 'EARN', amount: 100 },
        ],
      },
    });
    const foreign = await execute(deps, asCustomer(program, bob), OWN, { id: cus(ann) });
    expect(foreign.data).toEqual({ balance: null, lots: { nodes: [] }, ledgerTransactions: { nodes: [] } });
    const secret = await execute(deps, asCustomer(program, ann), `{ ledgerTransactions { nodes { actor } } }`);
    expect(secret.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('a walk by cursor meets every transaction once while new ones arrive', async () => {
    const ann = await aCustomer(deps, program);
    for (let index = 0; index < 25; index += 1) await earn(deps, program, ann, index + 1);
    const PAGE = `query ($id: ID, $after: String) { ledgerTransactions(customerId: $id, first: 10, after: $after, where: { kindIn: [EARN] }) { nodes { amount } pageInfo { hasNextPage endCursor } } }`;
    type Page = {
      ledgerTransactions: { nodes: { amount: number }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const page: Page | null | undefined = (await execute<Page>(deps, owner, PAGE, { id: cus(ann), after })).data;
      seen.push(...(page?.ledgerTransactions.nodes.map((node) => node.amount) ?? []));
      after =
        page?.ledgerTransactions.pageInfo.hasNextPage === true ? page.ledgerTransactions.pageInfo.endCursor : null;
      await earn(deps, program, ann, 1_000);
    } while (after !== null);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
  });

  test('lots that expire soon come page by page, soonest first, and never-expiring ones last', async () => {
    const ann = await aCustomer(deps, program);
    const days = [3, 1, 2];
    for (const day of days) await earn(deps, program, ann, day, { expiresAt: new Date(Date.now() + day * 86_400_000) });
    await earn(deps, program, ann, 9);
    await earn(deps, program, ann, 8);
    const LOTS = `query ($id: ID, $first: Int, $after: String, $before: DateTime) { lots(customerId: $id, first: $first, after: $after, expiresBefore: $before) { nodes { amount } pageInfo { endCursor hasNextPage } } }`;
    type Page = { lots: { nodes: { amount: number }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    const first = (await execute<Page>(deps, owner, LOTS, { id: cus(ann), first: 4 })).data;
    expect(first?.lots.nodes.map((lot) => lot.amount)).toEqual([1, 2, 3, 9]);
    const rest = (
      await execute<Page>(deps, owner, LOTS, { id: cus(ann), first: 4, after: first?.lots.pageInfo.endCursor })
    ).data;
    expect(rest?.lots).toMatchObject({ nodes: [{ amount: 8 }], pageInfo: { hasNextPage: false } });
    const soon = (
      await execute<Page>(deps, owner, LOTS, {
        id: cus(ann),
        first: 4,
        before: new Date(Date.now() + 2.5 * 86_400_000).toISOString(),
      })
    ).data;
    expect(soon?.lots.nodes.map((lot) => lot.amount)).toEqual([1, 2]);
  });

  test('a balance in the future is refused, and another program’s customer has none', async () => {
    const ann = await aCustomer(deps, program);
    const future = await execute(deps, owner, BALANCE, {
      id: cus(ann),
      asOf: new Date(Date.now() + 60_000).toISOString(),
    });
    expect(future.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await execute(deps, asOwner(await aProgram(deps)), BALANCE, { id: cus(ann) })).data).toEqual({
      balance: null,
    });
  });
});

describe('idempotencyOutcome', () => {
  const OUTCOME = `query ($key: String!) { idempotencyOutcome(mutation: "pointsSpend", key: $key) { mutation key result recordedAt } }`;

  test('tells what a call did by its key, in this program only, and nothing for a refusal', async () => {
    const ann = await aCustomer(deps, program);
    const variables = input({ customerId: cus(ann), amount: 40 });
    const { idempotencyKey: key } = variables.input;
    await execute(deps, owner, SPEND, variables);
    expect((await execute(deps, owner, OUTCOME, { key })).data).toEqual({ idempotencyOutcome: null });
    await earn(deps, program, ann, 100);
    const spent = await execute<{ pointsSpend: { transaction: { id: string } } }>(deps, owner, SPEND, variables);
    const analyst = await execute(deps, asRole(program, 'DATA_ANALYST'), OUTCOME, { key });
    expect(analyst.data).toMatchObject({
      idempotencyOutcome: {
        mutation: 'pointsSpend',
        key,
        result: {
          transactionId: spent.data?.pointsSpend.transaction.id,
          balance: { available: 60, customerId: cus(ann) },
        },
      },
    });
    expect((await execute(deps, asOwner(await aProgram(deps)), OUTCOME, { key })).data).toEqual({
      idempotencyOutcome: null,
    });
    expect((await execute(deps, asCustomer(program, ann), OUTCOME, { key })).errors?.[0]?.originalError).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

test('no law of the ledger is broken after all of this', () => expectNoOffences(deps));
