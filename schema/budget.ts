import type { Budget } from '#domain/earning/budget.ts';
import type { CapPeriod } from '#domain/earning/rule.ts';
import { publicId } from '#domain/ids.ts';
import { readBudgetUsage, type BudgetUsageRow } from '#storage/budget-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { BeyondCapEnum, CapPeriodEnum } from './earning-rule.ts';
import { defineSection } from './rule-set-section.ts';
import { DraftRef, RevisionRef } from './rule-set.ts';

const BudgetMoneyRef = builder.objectRef<NonNullable<Budget['money']>>('BudgetMoney').implement({
  description: 'A sum of money and what a point costs of it; points beyond it are rounded downwards.',
  fields: (t) => ({
    minorUnits: t.expose('minorUnits', { type: 'Points', description: 'In minor units of the program’s currency.' }),
    minorUnitsPerPoint: t.expose('minorUnitsPerPoint', { type: 'Decimal', description: 'Minor units a point; exact.' }),
  }),
});

const BudgetUsageRef = builder.objectRef<BudgetUsageRow>('BudgetUsage').implement({
  description: 'What has been used of a budget in one period.',
  fields: (t) => ({
    period: t.exposeString('period', {
      description: 'The period in the program’s zone: 2026-11-22, 2026-W47, 2026-11, 2026 or all.',
    }),
    points: t.expose('points', { type: 'Points', description: 'Points awarded, less those of reversed activities.' }),
    uses: t.exposeInt('uses', { description: 'Awards.' }),
  }),
});

const BudgetRef = builder.objectRef<Budget>('Budget').implement({
  description:
    'Bounds what all customers together get from some rules, or from all, over a period of the program’s calendar at the activities’ own time. Never exceeded, however many activities come at once.',
  fields: (t) => ({
    id: t.id({ description: 'Stable over revisions, bgt_….', resolve: (budget) => publicId('Budget', budget.id) }),
    code: t.exposeString('code', { description: 'Unique among the budgets of its rule set.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    rules: t.exposeStringList('rules', { description: 'Codes of the rules that it pays for; empty pays for all.' }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Code of the point currency; null takes the program’s default.',
    }),
    per: t.field({
      type: CapPeriodEnum,
      description: 'Over what it counts.',
      resolve: ({ per }): CapPeriod => per,
    }),
    points: t.expose('points', { type: 'Points', nullable: true, description: 'Most points; null sets no bound.' }),
    uses: t.exposeInt('uses', { nullable: true, description: 'Most awards; null sets no bound.' }),
    money: t.field({
      type: BudgetMoneyRef,
      nullable: true,
      description: 'Most money; null sets no bound.',
      resolve: (budget) => budget.money,
    }),
    beyond: t.field({
      type: BeyondCapEnum,
      description: 'What happens to an award that does not fit.',
      resolve: (budget) => budget.beyond,
    }),
    usage: t.field({
      type: [BudgetUsageRef],
      description: 'What has been used of it, newest periods first.',
      resolve: ({ id }, _args, context) => readBudgetUsage(context.deps.reads, programOf(context).programId, [id]),
    }),
  }),
});

const BudgetMoneyInputRef = builder.inputType('BudgetMoneyInput', {
  description: 'A sum of money and what a point costs of it.',
  fields: (t) => ({
    minorUnits: t.field({
      type: 'Points',
      required: true,
      description: 'In minor units of the program’s currency, from 1.',
    }),
    minorUnitsPerPoint: t.field({ type: 'Decimal', required: true, description: 'Minor units a point, above 0.' }),
  }),
});

const BudgetInputRef = builder.inputType('BudgetInput', {
  description: 'A whole budget: points, uses, money or some of them.',
  fields: (t) => ({
    code: t.string({ required: true, description: 'Names the budget; one of the same code is replaced.' }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    rules: t.stringList({
      required: true,
      defaultValue: [],
      description: 'Codes of the rules that it pays for; empty pays for all.',
    }),
    currency: t.string({ description: 'Code of the point currency; null takes the program’s default.' }),
    per: t.field({ type: CapPeriodEnum, required: true, description: 'Over what it counts; not ACTIVITY.' }),
    points: t.field({ type: 'Points', description: 'Most points; null sets no bound.' }),
    uses: t.int({ description: 'Most awards; null sets no bound.' }),
    money: t.field({ type: BudgetMoneyInputRef, description: 'Most money; null sets no bound.' }),
    beyond: t.field({
      type: BeyondCapEnum,
      required: true,
      defaultValue: 'TRUNCATE',
      description: 'What happens to an award that does not fit; TRUNCATE by default.',
    }),
  }),
});

builder.objectFields(DraftRef, (t) => ({
  budgets: t.field({ type: [BudgetRef], description: 'All its budgets.', resolve: (it) => it.content.budgets }),
}));
builder.objectFields(RevisionRef, (t) => ({
  budgets: t.field({ type: [BudgetRef], description: 'All its budgets.', resolve: (it) => it.content.budgets }),
}));

defineSection({
  section: 'budgets',
  name: 'budget',
  field: 'budget',
  input: BudgetInputRef,
  // A period of one activity is refused by the draft, which says what it takes.
  toItem: ({ currency = null, points = null, uses = null, money = null, per, ...budget }) => ({
    ...budget,
    per: per as Budget['per'],
    currency,
    points,
    uses,
    money,
  }),
});
