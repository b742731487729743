import { afterAll, expect, test } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';
import { setAttributeSchema } from '#app/customer/set-attribute-schema.ts';
import { upsertCustomers } from '#app/customer/upsert-batch.ts';
import { celebrateOccasions } from '#app/occasion/celebrate.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { CustomerUpsert } from '#domain/customer/upsert.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { aShop, PURCHASE_RULE } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

const occasion = (overrides: Partial<ItemInput<'occasions'>> = {}): ItemInput<'occasions'> => ({
  code: 'birthday',
  name: 'Birthday',
  date: { kind: 'BIRTHDAY' },
  activityType: 'birthday',
  ...overrides,
});

/** A program of which an occasion is worth 100 points, with the day standing still. */
async function aParty(today: string, ...occasions: ItemInput<'occasions'>[]): Promise<TestProgram> {
  const shop = await aShop(deps, { mode: 'TEST', timeZone: 'UTC' }, []);
  const years = { name: 'years', type: 'INTEGER' as const, required: false, oneOf: null };
  const type = { code: 'birthday', name: 'Birthday', customerMayTrack: false, properties: [years] };
  await saveActivityType(deps, shop.scope, aCommand('activityTypeSave', type), type);
  const attributes = [{ name: 'contractSigned', type: 'DATE' as const, required: false, oneOf: null }];
  await setAttributeSchema(deps, shop.scope, aCommand('attributeSchemaSet', {}), { attributes });
  await moveTo(shop, today);
  const award = { kind: 'FIXED' as const, points: 100 };
  const rule = { ...PURCHASE_RULE, code: 'party', activityType: 'birthday', award };
  await publishSet(deps, shop, { earningRules: [rule], occasions });
  return shop;
}

async function moveTo(shop: TestProgram, instant: string): Promise<void> {
  await setProgramClock(deps, shop.scope, aCommand('programClockSet', instant), { now: new Date(instant) });
}

async function upsert(shop: TestProgram, ...items: CustomerUpsert[]): Promise<void> {
  await upsertCustomers(deps, shop.scope, aCommand('customerUpsertBatch', items), { items });
}

async function celebrate(shop: TestProgram, on = deps): Promise<number> {
  return celebrateOccasions(on, await on.catalogues.at(on.reads, shop.programId));
}

async function balances(shop: TestProgram): Promise<Record<string, number>> {
  const rows = await deps.reads.query<{ name: string; available: number }>(
    `select c.external_id as name, a.available from ledger_account a
     join customer c on c.program_id = a.program_id and c.id = a.customer_id where a.program_id = $1 order by 1`,
    [shop.programId],
  );
  return Object.fromEntries(rows.map(({ name, available }) => [name, available]));
}

const joined = { enrol: true, enrolledAt: new Date('2020-03-01T12:00:00Z') };

test('a birthday is worth what the rules say, once, in the customer’s own zone, and only to who is enrolled', async () => {
  const shop = await aParty('2026-06-14T23:30:00Z', occasion());
  await upsert(
    shop,
    { externalId: 'utc', birthday: '1990-06-15', ...joined },
    { externalId: 'sydney', birthday: '1990-06-15', timeZone: 'Australia/Sydney', ...joined },
    { externalId: 'guest', birthday: '1990-06-15', timeZone: 'Australia/Sydney' },
    { externalId: 'nobody', birthday: '1990-06-16', ...joined },
  );
  expect(await celebrate(shop)).toBe(1);
  await moveTo(shop, '2026-06-15T00:00:00Z');
  const both = await Promise.all([celebrate(shop), celebrate(shop, other)]);
  expect(both.toSorted()).toEqual([0, 1]);
  expect(await celebrate(shop)).toBe(0);
  expect(await balances(shop)).toEqual({ sydney: 100, utc: 100 });
});

test('an edited birthday and a move across the date line pay nothing more', async () => {
  const shop = await aParty('2026-12-31T23:00:00Z', occasion());
  const ann = { externalId: 'ann', timeZone: 'UTC', ...joined };
  await upsert(shop, { ...ann, birthday: '1990-12-31' });
  expect(await celebrate(shop)).toBe(1);
  await upsert(shop, { ...ann, birthday: '1990-01-01', timeZone: 'Pacific/Kiritimati' });
  expect(await celebrate(shop)).toBe(0);
  await moveTo(shop, '2027-01-02T12:00:00Z');
  expect(await celebrate(shop)).toBe(0);
  await moveTo(shop, '2028-01-01T12:00:00Z');
  expect(await celebrate(shop)).toBe(1);
  expect(await balances(shop)).toEqual({ ann: 200 });
});

test('days that were missed are made up for with the day itself, as far as the occasion says', async () => {
  const shop = await aParty('2026-06-20T12:00:00Z', occasion({ catchUpDays: 5 }));
  await upsert(
    shop,
    { externalId: 'recent', birthday: '1990-06-15', ...joined },
    { externalId: 'long_ago', birthday: '1990-06-14', ...joined },
  );
  expect(await celebrate(shop)).toBe(1);
  const [activity] = await deps.reads.query<{ occurred_at: Date; properties: unknown }>(
    'select occurred_at, properties from activity where program_id = $1',
    [shop.programId],
  );
  expect(activity).toEqual({ occurred_at: new Date('2026-06-15T00:00:00Z'), properties: { years: 36 } });
});

test('anniversaries of joining and of date attributes come in their own year', async () => {
  const shop = await aParty(
    '2021-03-01T12:00:00Z',
    occasion({ code: 'anniversary', date: { kind: 'JOINING' } }),
    occasion({ code: 'contract', date: { kind: 'ATTRIBUTE', attribute: 'contractSigned' }, leapDay: 'MAR_1' }),
  );
  await upsert(
    shop,
    { externalId: 'one_year', ...joined },
    { externalId: 'new', enrol: true, attributes: { contractSigned: '2016-02-29' } },
  );
  await celebrate(shop);
  // Who joins today has no anniversary, and celebrates the contract of a leap day, which is 1 March this year.
  expect(await balances(shop)).toEqual({ new: 100, one_year: 100 });
});

test('an audience and a pause decide who celebrates', async () => {
  const shop = await aParty(
    '2026-06-15T12:00:00Z',
    occasion({ audience: 'customer.locale == "de"' }),
    occasion({ code: 'resting', date: { kind: 'JOINING' }, paused: true }),
  );
  await upsert(
    shop,
    { externalId: 'de', birthday: '1990-06-15', locale: 'de', ...joined },
    { externalId: 'en', birthday: '1990-06-15', locale: 'en', ...joined },
  );
  expect(await celebrate(shop)).toBe(1);
  expect(await balances(shop)).toEqual({ de: 100 });
});
