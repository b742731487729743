import { CODES_MAX, importRewardCodes, type RefusedCode } from '#app/reward/import-codes.ts';

import { builder } from './builder.ts';
import { scopeOf } from './context.ts';
import { defineMutation } from './mutation.ts';

const ReasonEnum = builder.enumType('RewardCodeRefusalReason', {
  description: 'Why a code was not taken.',
  values: {
    DUPLICATE: { description: 'The reward has it, or had it, or it stands in the list twice.' },
    INVALID: { description: 'It is blank, longer than 255 characters, or has characters that nobody can type.' },
  },
});

const RefusedCodeRef = builder.objectRef<RefusedCode>('RewardCodeRefusal').implement({
  description: 'A code that was not taken. The others were.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place in the list, from 0.' }),
    reason: t.field({ type: ReasonEnum, description: 'Why.', resolve: (it) => it.reason }),
  }),
});

defineMutation('rewardCodesImport', {
  description:
    'Adds codes to the pool of a reward, which may be live or still in the draft. A code that cannot be taken does not stop the others. Causes no event.',
  permission: 'reward:write',
  input: (t) => ({
    reward: t.string({ required: true, description: 'Code of a reward of the kind CODE_POOL.' }),
    codes: t.stringList({
      required: true,
      description: `The codes, 1 to ${CODES_MAX}; white space around them is cut.`,
    }),
  }),
  run: (input, context, command) =>
    importRewardCodes(context.deps, scopeOf(context), command, { rewardCode: input.reward, codes: input.codes }),
  payload: (t) => ({
    imported: t.exposeInt('imported', { description: 'How many codes are new in the pool.' }),
    refused: t.field({
      type: [RefusedCodeRef],
      description: 'Those that were not taken, in the order of the list.',
      resolve: (result) => result.refused,
    }),
  }),
});
