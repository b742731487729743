// A program that takes purchases, and customers who make them.
import { randomUUID } from 'node:crypto';

import { saveActivityType } from '#app/activity-type/save.ts';
import type { ProgramCreateInput } from '#app/program/create.ts';
import { saveItem } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { PropertyDeclaration } from '#domain/program/program.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import type { Deps } from '#src/deps.ts';

import { aRule } from './earning.ts';
import { aCommand, aProgram, type TestProgram } from './program.ts';

const property = (name: string, type: PropertyDeclaration['type']): PropertyDeclaration => ({
  name,
  type,
  required: false,
  oneOf: null,
});

const { id: _id, ...plainRule } = aRule();

/** One point a whole unit of a purchase's amount, as it is written into a draft. */
export const PURCHASE_RULE: ItemInput<'earningRules'> = {
  ...plainRule,
  code: 'purchase_points',
  name: 'A point a unit',
};

/** Makes the rules the live revision. */
export async function publish(deps: Deps, program: TestProgram, ...rules: ItemInput<'earningRules'>[]): Promise<void> {
  for (const rule of rules)
    await saveItem(deps, program.scope, aCommand('earningRuleSave', rule), 'earningRules', {
      item: rule,
      expectedVersion: null,
    });
  await publishRuleSet(deps, program.scope, aCommand('ruleSetPublish', {}), { expectedVersion: null, note: null });
}

/** A program with the types `purchase` (amount, quantity, order) and `delivery` (order), and the given rules live. */
export async function aShop(
  deps: Deps,
  overrides: Partial<ProgramCreateInput> = {},
  rules: ItemInput<'earningRules'>[] = [PURCHASE_RULE],
): Promise<TestProgram> {
  const program = await aProgram(deps, overrides);
  const types = [
    {
      code: 'purchase',
      name: 'Purchase',
      customerMayTrack: false,
      properties: [property('amount', 'DECIMAL'), property('quantity', 'INTEGER'), property('order', 'STRING')],
    },
    { code: 'delivery', name: 'Delivery', customerMayTrack: false, properties: [property('order', 'STRING')] },
    { code: 'visit', name: 'Visit', customerMayTrack: true, properties: [] },
  ];
  for (const type of types) await saveActivityType(deps, program.scope, aCommand('activityTypeSave', type), type);
  if (rules.length > 0) await publish(deps, program, ...rules);
  return program;
}

/** Enrolled customers named `<prefix>1`, `<prefix>2`…; answers their UUIDs. */
export async function someCustomers(
  deps: Deps,
  program: TestProgram,
  count: number,
  prefix = 'c',
  state = 'ENROLLED',
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => deps.newId());
  await deps.postgres.query(
    `insert into customer (program_id, id, external_id, enrolment_state)
     select $1, id, $3 || n, $4 from unnest($2::uuid[]) with ordinality as row (id, n)`,
    [program.programId, ids, prefix, state],
  );
  return ids;
}

/** A purchase of 10.50 now, unless told otherwise. */
export function aPurchase(customerId: string, overrides: Partial<ActivityReport> = {}): ActivityReport {
  return {
    type: 'purchase',
    customerId,
    customerExternalId: null,
    messageId: randomUUID(),
    occurredAt: null,
    channel: 'API',
    properties: { amount: '10.50' },
    lines: [],
    ...overrides,
  };
}

/** The customer's cached balance of the default currency. */
export async function balanceOf(
  deps: Deps,
  program: TestProgram,
  customerId: string,
): Promise<{ pending: number; available: number; held: number }> {
  const [row] = await deps.reads.query<{ pending: number; available: number; held: number }>(
    'select pending, available, held from ledger_account where program_id = $1 and customer_id = $2 and currency_id = $3',
    [program.programId, customerId, program.currencyId],
  );
  return row ?? { pending: 0, available: 0, held: 0 };
}
