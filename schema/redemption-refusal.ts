import { RedemptionRefusedError } from '#domain/errors.ts';
import { refusalText } from '#domain/explanation/refusal-texts.ts';
import { publicId } from '#domain/ids.ts';
import type { RedemptionRefusal, RefusalCode, StepUpLack } from '#domain/reward/refusal.ts';

import { builder } from './builder.ts';
import { UserErrorInterface } from './errors.ts';
import { MoneyRef } from './money.ts';
import { RewardPeriodEnum } from './reward-definition.ts';
import { textFormat, textLocale } from './text-format.ts';

const RefusalCodeEnum = builder.enumType('RedemptionRefusalCode', {
  description: 'Why a reward cannot be redeemed.',
  subGraphs: ['Public'],
  values: {
    BLOCKED: { description: 'The customer is blocked.' },
    NOT_ENROLLED: { description: 'The customer is no member of the programme, or not yet.' },
    CONSENT_REQUIRED: { description: 'The customer has not agreed to the terms in force.' },
    PAUSED: { description: 'The team has paused the reward.' },
    NOT_YET: { description: 'The reward’s time has not begun.' },
    NO_LONGER: { description: 'The reward’s time is over.' },
    TIER_REQUIRED: { description: 'The customer is in none of the tiers that the reward asks for.' },
    NOT_IN_AUDIENCE: { description: 'The reward is for other customers.' },
    OUT_OF_STOCK: { description: 'Fewer pieces are left than wanted.' },
    NO_CODES_LEFT: { description: 'No code is left in the pool.' },
    CUSTOMER_LIMIT: { description: 'The customer has had as many as allowed in the period.' },
    ACCOUNT_LIMIT: { description: 'The customer’s company has had as many as allowed in the period.' },
    TOTAL_LIMIT: { description: 'All customers together have had as many as allowed in the period.' },
    INSUFFICIENT_POINTS: { description: 'The customer has fewer points than it costs.' },
    PAYMENT_REQUIRED: { description: 'It costs money: a customer can reserve it, and the tenant issues it once paid.' },
    STEP_UP_REQUIRED: { description: 'It asks for a code that confirms it.' },
  } satisfies Record<RefusalCode, object>,
});

const StepUpLackEnum = builder.enumType('StepUpLack', {
  description: 'What is lacking of a step-up code.',
  subGraphs: ['Public'],
  values: {
    MISSING: { description: 'None was given.' },
    WRONG: { description: 'It is not the one that was sent.' },
    ENDED: { description: 'It is too old, or has confirmed a redemption already.' },
    TRIES_USED_UP: { description: 'There were five tries already.' },
  } satisfies Record<StepUpLack, object>,
});

type Refused<Code extends RefusalCode> = Extract<RedemptionRefusal, { code: Code }>;
type Limited = Refused<'CUSTOMER_LIMIT' | 'ACCOUNT_LIMIT' | 'TOTAL_LIMIT'>;
type Plain = Refused<'BLOCKED' | 'PAUSED' | 'NO_CODES_LEFT' | 'NOT_ENROLLED'>;

export const RefusalInterface = builder.interfaceRef<RedemptionRefusal>('RedemptionRefusal').implement({
  description: 'One reason why a reward cannot be redeemed, with what is missing.',
  subGraphs: ['Public'],
  fields: (t) => ({
    code: t.field({ type: RefusalCodeEnum, description: 'Which reason.', resolve: (it) => it.code }),
    message: t.string({
      description: 'For the customer, in English or German; its wording may change.',
      args: { locale: t.arg.string(textLocale) },
      resolve: async (it, { locale }, context) => refusalText(it, await textFormat(locale, context)),
    }),
  }),
});

const shared = { interfaces: [RefusalInterface], subGraphs: ['Public' as const] };
const oneOf =
  (...codes: readonly RefusalCode[]) =>
  (value: unknown): boolean =>
    typeof value === 'object' && value !== null && 'code' in value && codes.includes(value.code as RefusalCode);

builder.objectRef<Plain>('RewardUnavailable').implement({
  description: 'Nothing that the customer could bring is missing: blocked, not enrolled, paused, or no code is left.',
  ...shared,
  isTypeOf: oneOf('BLOCKED', 'PAUSED', 'NO_CODES_LEFT', 'NOT_ENROLLED'),
  fields: (t) => ({
    enrolmentState: t.string({
      nullable: true,
      description: 'Of NOT_ENROLLED: the customer’s state, such as INVITED; null otherwise.',
      resolve: (it) => ('state' in it ? it.state : null),
    }),
  }),
});
builder.objectRef<Refused<'NOT_YET' | 'NO_LONGER'>>('RewardOutOfTime').implement({
  description: 'The reward’s time has not begun, or is over.',
  ...shared,
  isTypeOf: oneOf('NOT_YET', 'NO_LONGER'),
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Of NOT_YET: from when it can be had, inclusive.',
      resolve: (it) => ('from' in it ? new Date(it.from) : null),
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Of NO_LONGER: until when it could be had, exclusive.',
      resolve: (it) => ('until' in it ? new Date(it.until) : null),
    }),
  }),
});
builder.objectRef<Refused<'TIER_REQUIRED'>>('RewardTierRequired').implement({
  description: 'The reward asks for a tier that the customer is not in.',
  ...shared,
  isTypeOf: oneOf('TIER_REQUIRED'),
  fields: (t) => ({
    tiers: t.field({
      type: ['String'],
      description: 'Codes of tiers, of which one is needed.',
      resolve: (it) => [...it.tiers],
    }),
    has: t.field({
      type: ['String'],
      description: 'Codes of the tiers that the customer is in.',
      resolve: (it) => [...it.has],
    }),
  }),
});
builder.objectRef<Refused<'NOT_IN_AUDIENCE'>>('RewardNotInAudience').implement({
  description: 'The reward is for other customers.',
  ...shared,
  isTypeOf: oneOf('NOT_IN_AUDIENCE'),
  fields: (t) => ({
    failing: t.exposeString('failing', {
      subGraphs: [],
      authScopes: { permission: 'rule:read' },
      description: 'The part of the audience’s condition that does not hold. Needs rule:read.',
    }),
  }),
});
builder.objectRef<Refused<'OUT_OF_STOCK'>>('RewardOutOfStock').implement({
  description: 'Fewer pieces are left than wanted.',
  ...shared,
  isTypeOf: oneOf('OUT_OF_STOCK'),
  fields: (t) => ({
    wanted: t.exposeInt('wanted', { description: 'Pieces wanted.' }),
    left: t.exposeInt('left', { description: 'Pieces left.' }),
  }),
});
builder.objectRef<Limited>('RewardLimitReached').implement({
  description: 'As many as allowed in the period have been had.',
  ...shared,
  isTypeOf: oneOf('CUSTOMER_LIMIT', 'ACCOUNT_LIMIT', 'TOTAL_LIMIT'),
  fields: (t) => ({
    per: t.field({ type: RewardPeriodEnum, description: 'Over what the limit counts.', resolve: (it) => it.per }),
    limit: t.exposeInt('limit', { description: 'Most pieces.' }),
    used: t.exposeInt('used', { description: 'Pieces that count already.' }),
    wanted: t.exposeInt('wanted', { description: 'Pieces wanted.' }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it counts anew; null when it never does.',
      resolve: (it) => (it.until === null ? null : new Date(it.until)),
    }),
  }),
});
builder.objectRef<Refused<'CONSENT_REQUIRED'>>('RewardConsentRequired').implement({
  description: 'The customer has not agreed to the terms in force: termsAccept comes first.',
  ...shared,
  isTypeOf: oneOf('CONSENT_REQUIRED'),
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'The version of the terms to accept.' }),
  }),
});
builder.objectRef<Refused<'INSUFFICIENT_POINTS'>>('RewardPointsMissing').implement({
  description: 'The customer has fewer points than it costs.',
  ...shared,
  isTypeOf: oneOf('INSUFFICIENT_POINTS'),
  fields: (t) => ({
    currency: t.exposeString('currency', { description: 'Code of the point currency.' }),
    needed: t.expose('needed', { type: 'Points', description: 'Points that it costs.' }),
    available: t.expose('available', { type: 'Points', description: 'Points to be spent now; below zero is a debt.' }),
    missing: t.field({
      type: 'Points',
      description: 'Points that are missing.',
      resolve: (it) => it.needed - it.available,
    }),
  }),
});
builder.objectRef<Refused<'PAYMENT_REQUIRED'>>('RewardPaymentRequired').implement({
  description: 'It costs money: a customer can reserve it, and the tenant issues it once it is paid.',
  ...shared,
  isTypeOf: oneOf('PAYMENT_REQUIRED'),
  fields: (t) => ({
    money: t.field({ type: MoneyRef, description: 'What is to be paid to the tenant.', resolve: (it) => it }),
  }),
});
builder.objectRef<Refused<'STEP_UP_REQUIRED'>>('RewardStepUpRequired').implement({
  description: 'It asks for a code, which the tenant sends to the customer after redemptionStepUp.',
  ...shared,
  isTypeOf: oneOf('STEP_UP_REQUIRED'),
  fields: (t) => ({
    why: t.field({ type: StepUpLackEnum, description: 'What is lacking.', resolve: (it) => it.why }),
  }),
});

builder.objectType(RedemptionRefusedError, {
  name: 'RedemptionRefusedError',
  description: 'The reward cannot be redeemed. `code` is that of the weightiest reason, and nothing was spent.',
  interfaces: [UserErrorInterface],
  subGraphs: ['Public'],
  fields: (t) => ({
    refusals: t.field({
      type: [RefusalInterface],
      description: 'Every reason, the weightiest first.',
      resolve: (error) => [...error.refusals],
    }),
    refusalId: t.id({
      nullable: true,
      description: 'Under which the attempt is filed, rfd_…, so that it can be explained; null when nothing was filed.',
      resolve: (error) => (error.refusalId === null ? null : publicId('RedemptionRefusal', error.refusalId)),
    }),
  }),
});
