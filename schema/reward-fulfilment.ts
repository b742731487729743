import { InvalidInputError } from '#domain/errors.ts';
import type { Fulfilment, RewardKind } from '#domain/reward/reward.ts';

import { builder } from './builder.ts';
import { MoneyInputRef, MoneyRef } from './money.ts';

export const RewardKindEnum = builder.enumType('RewardKind', {
  description: 'What a reward is.',
  subGraphs: ['Public'],
  values: {
    CODE_POOL: { description: 'One of the codes that were imported.' },
    GENERATED_CODE: { description: 'A code that Laurel makes up.' },
    ACCOUNT_CREDIT: { description: 'Credit in money on the customer’s account with the tenant.' },
    FEATURE_UNLOCK: { description: 'A feature of the tenant’s product.' },
    DISCOUNT: { description: 'A discount, as an amount or as a percentage.' },
    GIFT: { description: 'A thing that is sent.' },
    DONATION: { description: 'Money given to somebody else in the customer’s name.' },
    EXPERIENCE: { description: 'Something to take part in.' },
  } satisfies Record<RewardKind, object>,
});

type Of<Kind extends RewardKind> = Extract<Fulfilment, { kind: Kind }>;
const subGraphs: 'Public'[] = ['Public'];

const CodePoolRef = builder.objectRef<Of<'CODE_POOL'>>('CodePoolFulfilment').implement({
  description: 'The customer gets one of the codes that were imported, which nobody else ever gets.',
  subGraphs,
  fields: (t) => ({
    kind: t.field({ type: RewardKindEnum, description: 'CODE_POOL.', resolve: (it) => it.kind }),
  }),
});
const GeneratedCodeRef = builder.objectRef<Of<'GENERATED_CODE'>>('GeneratedCodeFulfilment').implement({
  description: 'The customer gets a code that Laurel makes up, which nobody else ever gets.',
  subGraphs,
  fields: (t) => ({
    prefix: t.exposeString('prefix', { description: 'What every code begins with; may be empty.' }),
    length: t.exposeInt('length', { description: 'Letters after the prefix.' }),
    alphabet: t.exposeString('alphabet', { description: 'The letters that they are of.' }),
  }),
});
const AccountCreditRef = builder.objectRef<Of<'ACCOUNT_CREDIT'>>('AccountCreditFulfilment').implement({
  description: 'The tenant credits money to the customer’s account.',
  subGraphs,
  fields: (t) => ({
    amount: t.field({ type: MoneyRef, description: 'How much a piece.', resolve: (it) => it.amount }),
  }),
});
const FeatureUnlockRef = builder.objectRef<Of<'FEATURE_UNLOCK'>>('FeatureUnlockFulfilment').implement({
  description: 'The tenant unlocks a feature of its product.',
  subGraphs,
  fields: (t) => ({ featureKey: t.exposeString('featureKey', { description: 'The tenant’s name of the feature.' }) }),
});
const DiscountRef = builder.objectRef<Of<'DISCOUNT'>>('DiscountFulfilment').implement({
  description: 'The tenant takes something off a price: an amount or a percentage, one of the two.',
  subGraphs,
  fields: (t) => ({
    amount: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'How much a piece; null for a percentage.',
      resolve: (it) => it.amount,
    }),
    percent: t.expose('percent', {
      type: 'Decimal',
      nullable: true,
      description: 'Above 0, at most 100; null for an amount.',
    }),
  }),
});
const GiftRef = builder.objectRef<Of<'GIFT'>>('GiftFulfilment').implement({
  description: 'The tenant sends a thing.',
  subGraphs,
  fields: (t) => ({
    reference: t.exposeString('reference', { nullable: true, description: 'The tenant’s own name of it, if any.' }),
  }),
});
const DonationRef = builder.objectRef<Of<'DONATION'>>('DonationFulfilment').implement({
  description: 'The tenant gives money in the customer’s name.',
  subGraphs,
  fields: (t) => ({
    amount: t.field({ type: MoneyRef, description: 'How much a piece.', resolve: (it) => it.amount }),
    recipient: t.exposeString('recipient', { description: 'To whom.' }),
  }),
});
const ExperienceRef = builder.objectRef<Of<'EXPERIENCE'>>('ExperienceFulfilment').implement({
  description: 'The customer takes part in something.',
  subGraphs,
  fields: (t) => ({
    reference: t.exposeString('reference', { nullable: true, description: 'The tenant’s own name of it, if any.' }),
  }),
});

const TYPE_NAMES = {
  CODE_POOL: 'CodePoolFulfilment',
  GENERATED_CODE: 'GeneratedCodeFulfilment',
  ACCOUNT_CREDIT: 'AccountCreditFulfilment',
  FEATURE_UNLOCK: 'FeatureUnlockFulfilment',
  DISCOUNT: 'DiscountFulfilment',
  GIFT: 'GiftFulfilment',
  DONATION: 'DonationFulfilment',
  EXPERIENCE: 'ExperienceFulfilment',
} satisfies Record<RewardKind, string>;

export const RewardFulfilmentUnion = builder.unionType('RewardFulfilment', {
  description: 'What a customer gets, by the kind of reward.',
  subGraphs,
  types: [
    CodePoolRef,
    GeneratedCodeRef,
    AccountCreditRef,
    FeatureUnlockRef,
    DiscountRef,
    GiftRef,
    DonationRef,
    ExperienceRef,
  ],
  resolveType: ({ kind }) => TYPE_NAMES[kind],
});

const GeneratedCodeInput = builder.inputType('GeneratedCodeInput', {
  description: 'How codes are made up. So many must be possible that none can be guessed: 1,000,000,000 at least.',
  fields: (t) => ({
    prefix: t.string({ description: 'Letters, digits and -, at most 20; left out, none.' }),
    length: t.int({ required: true, description: 'Letters after the prefix, 4 to 64.' }),
    alphabet: t.string({
      description: 'Letters and digits to choose from, each once; left out, those that are not mistaken for others.',
    }),
  }),
});
const DiscountInput = builder.inputType('DiscountInput', {
  description: 'A discount: an amount or a percentage.',
  isOneOf: true,
  fields: (t) => ({
    amount: t.field({ type: MoneyInputRef, description: 'How much a piece.' }),
    percent: t.field({ type: 'Decimal', description: 'Above 0, at most 100.' }),
  }),
});
const DonationInput = builder.inputType('DonationInput', {
  description: 'Money given to somebody else.',
  fields: (t) => ({
    amount: t.field({ type: MoneyInputRef, required: true, description: 'How much a piece.' }),
    recipient: t.string({ required: true, description: 'To whom, 1 to 200 characters.' }),
  }),
});
const ReferenceInput = builder.inputType('RewardReferenceInput', {
  description: 'Something that the tenant delivers.',
  fields: (t) => ({ reference: t.string({ description: 'The tenant’s own name of it, at most 200 characters.' }) }),
});
export const RewardFulfilmentInputRef = builder.inputType('RewardFulfilmentInput', {
  description: 'What a customer gets: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    codePool: t.boolean({ description: 'True: one of the codes that rewardCodesImport brings.' }),
    generatedCode: t.field({ type: GeneratedCodeInput, description: 'A code that Laurel makes up.' }),
    accountCredit: t.field({ type: MoneyInputRef, description: 'Credit in money, how much a piece.' }),
    featureUnlock: t.string({ description: 'The tenant’s name of a feature.' }),
    discount: t.field({ type: DiscountInput, description: 'A discount.' }),
    gift: t.field({ type: ReferenceInput, description: 'A thing that is sent.' }),
    donation: t.field({ type: DonationInput, description: 'Money given to somebody else.' }),
    experience: t.field({ type: ReferenceInput, description: 'Something to take part in.' }),
  }),
});

type FulfilmentGiven = typeof RewardFulfilmentInputRef.$inferInput;

/** The fulfilment in the form in which it is kept; what is left out is filled in there. */
export function fulfilmentOf(given: FulfilmentGiven): Fulfilment {
  const { generatedCode, accountCredit, featureUnlock, discount, gift, donation, experience } = given;
  if (given.codePool) return { kind: 'CODE_POOL' };
  if (generatedCode) {
    const { prefix, length, alphabet } = generatedCode;
    return { kind: 'GENERATED_CODE', length, prefix: prefix ?? '', alphabet: alphabet ?? UNMISTAKABLE };
  }
  if (accountCredit) return { kind: 'ACCOUNT_CREDIT', amount: accountCredit };
  if (typeof featureUnlock === 'string') return { kind: 'FEATURE_UNLOCK', featureKey: featureUnlock };
  if (discount) return { kind: 'DISCOUNT', amount: discount.amount ?? null, percent: discount.percent ?? null };
  if (gift) return { kind: 'GIFT', reference: gift.reference ?? null };
  if (donation) return { kind: 'DONATION', ...donation };
  if (experience) return { kind: 'EXPERIENCE', reference: experience.reference ?? null };
  throw new InvalidInputError('Name one kind of reward.', ['reward', 'fulfilment']);
}

/** Digits and capitals without those that look alike. */
const UNMISTAKABLE = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
