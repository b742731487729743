// Two programs of one server that take the same activities: one with a single rule, one with fifty, three tiers, caps, a
// boost and a budget.
import { saveActivityType } from '../../src/app/activity-type/save.ts';
import { setAttributeSchema } from '../../src/app/customer/set-attribute-schema.ts';
import type { Command } from '../../src/app/mutation.ts';
import { replaceDraft } from '../../src/app/rule-set/edit-draft.ts';
import { publishRuleSet } from '../../src/app/rule-set/publish.ts';
import type { PropertyDeclaration } from '../../src/domain/program/program.ts';
import type { ItemInput, RuleSetInput } from '../../src/domain/rule-set/content.ts';
import { MEMBERS } from './activity-tables.ts';
import type { Bench, StartedServer } from './bench.ts';
import { createBoard } from './board-check.ts';
import { addCustomers } from './customer-tables.ts';
import { addProgram, createWorld, inWorld, startLaurel, withDeps, type World } from './laurel.ts';

export type RuleWorlds = { one: World; fifty: World; server: StartedServer };

const CATEGORIES = 20;
const PLANS = 10;

/** What the n-th activity carries: every value that conditions look at comes round. */
export function purchaseProperties(index: number): object {
  return {
    amount: (5 + ((index * 7_919) % 20_000) / 100).toFixed(2),
    quantity: 1 + (index % 12),
    category: `c${index % CATEGORIES}`,
    isFirst: index % 50 === 0,
  };
}

type Rule = ItemInput<'earningRules'>;

const SPEND: Rule = {
  code: 'spend',
  name: 'A point a unit',
  activityType: 'purchase',
  condition: '',
  award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1', rounding: 'FLOOR' },
  currency: null,
  caps: [],
  pending: null,
  expiry: null,
  validFrom: null,
  validUntil: null,
  priority: 100,
  exclusiveGroup: null,
};

const numbered = (count: number, make: (n: number) => Partial<Rule> & { code: string }): Rule[] =>
  Array.from({ length: count }, (_, n) => ({ ...SPEND, priority: 0, award: { kind: 'FIXED', points: 5 }, ...make(n) }));

/** Fifty rules for one activity type. Of each activity two or three fire: the spend, its category, now and then more. */
const FIFTY: readonly Rule[] = [
  SPEND,
  ...numbered(CATEGORIES, (n) => ({
    code: `category_${n}`,
    condition: `activity.properties.category == 'c${n}' && activity.properties.quantity >= 1`,
    caps: [{ per: 'DAY', points: null, uses: 50, beyond: 'TRUNCATE' }],
  })),
  ...numbered(PLANS, (n) => ({
    code: `plan_${n}`,
    condition: `customer.attributes.plan == 'p${n}' && activity.properties.amount > 150.0`,
    caps: [{ per: 'MONTH', points: 5_000, uses: null, beyond: 'TRUNCATE' }],
  })),
  ...numbered(8, (n) => ({
    code: `quantity_${n}`,
    condition: `activity.properties.quantity == ${n + 5} && activity.properties.amount >= 100.0`,
    exclusiveGroup: 'quantity',
  })),
  ...numbered(6, (n) => ({
    code: `tier_${n}`,
    condition: `tier == '${['silver', 'gold'][n % 2]}' && activity.properties.category in ['c${n}', 'c${n + 6}']`,
    award: { kind: 'EXPRESSION', expression: 'activity.properties.amount * 0.1 + 1.0', rounding: 'CEILING' },
  })),
  ...numbered(3, (n) => ({ code: `over_${n}`, validUntil: '2026-01-01T00:00:00.000Z' })),
  { ...SPEND, code: 'paused', state: 'PAUSED' },
  {
    ...SPEND,
    code: 'first',
    condition: 'activity.properties.isFirst && activity.channel == "API"',
    award: { kind: 'FIXED', points: 100 },
    caps: [{ per: 'ALL_TIME', points: null, uses: 1, beyond: 'TRUNCATE' }],
  },
];

const tier = (code: string, threshold: string) => ({ code, name: code, threshold });

const ONE_RULE: RuleSetInput = { earningRules: [SPEND] };
const FIFTY_RULES: RuleSetInput = {
  earningRules: FIFTY,
  ladders: [
    {
      code: 'status',
      name: 'Status',
      basis: { kind: 'POINTS_EARNED', currency: null },
      period: { kind: 'CALENDAR', unit: 'YEAR' },
      tiers: [tier('bronze', '0'), tier('silver', '500'), tier('gold', '5000')],
      downgrade: 'TO_DESERVED',
    },
  ],
  boosts: [
    {
      code: 'pro',
      name: 'Half as much again',
      multiplier: '1.5',
      rules: ['spend'],
      condition: "customer.attributes.plan == 'p1'",
      validFrom: null,
      validUntil: null,
      hours: [],
      exclusiveGroup: null,
    },
  ],
  budgets: [
    {
      code: 'categories',
      name: 'What categories may cost',
      rules: ['category_0', 'category_1'],
      currency: null,
      per: 'YEAR',
      points: 1_000_000_000,
      uses: null,
      money: null,
      beyond: 'TRUNCATE',
    },
  ],
};

/** Makes both programs in one database and starts one server on them. */
export async function createRuleWorlds(bench: Bench, name: string, redisNumber: number): Promise<RuleWorlds> {
  const one = await createWorld(bench, name, redisNumber);
  const fifty = await addProgram(one, `${name} of fifty rules`);
  for (const world of [one, fifty]) {
    await addCustomers(world, MEMBERS, '0');
    await inWorld(
      world,
      `update customer set attributes = jsonb_build_object('plan', 'p' || (substr(external_id, 10)::int % ${PLANS}))
       where program_id = '${world.programId}'`,
      'vacuum analyze customer',
    );
  }
  await publish(one, ONE_RULE);
  await publish(fifty, FIFTY_RULES);
  const server = await startLaurel(bench, one);
  for (const world of [one, fifty]) await createBoard(server, world);
  return { one, fifty, server };
}

function publish(world: World, content: RuleSetInput): Promise<void> {
  const property = (name: string, type: PropertyDeclaration['type']): PropertyDeclaration => ({
    ...{ name, type, required: false, oneOf: null },
  });
  const type = {
    code: 'purchase',
    name: 'Purchase',
    customerMayTrack: false,
    properties: [
      property('amount', 'DECIMAL'),
      property('quantity', 'INTEGER'),
      property('category', 'STRING'),
      property('isFirst', 'BOOLEAN'),
    ],
  };
  const scope = { programId: world.programId, actor: 'operator:bench' };
  const command = (mutation: string): Command => ({ mutation, idempotencyKey: mutation, input: {} });
  return withDeps(world, async (deps) => {
    await setAttributeSchema(deps, scope, command('attributeSchemaSet'), { attributes: [property('plan', 'STRING')] });
    await saveActivityType(deps, scope, command('activityTypeSave'), type);
    await replaceDraft(deps, scope, command('draftReplace'), content);
    await publishRuleSet(deps, scope, command('ruleSetPublish'), { expectedVersion: null, note: null });
  });
}
