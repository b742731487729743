import type { PageRequest, Position } from '#domain/page.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';

import { builder } from './builder.ts';
import { connectionOf, connectionType, pageArgs, readPage } from './paging.ts';
import { RewardKindEnum } from './reward-fulfilment.ts';
import { rewardsSeenBy } from './reward-visibility.ts';
import { RewardRef } from './reward.ts';

const RewardConnection = connectionType('Reward', RewardRef, { subGraphs: ['Public'] });

const isCatalogueKey = (key: string): boolean => /^-?\d{1,7} [a-z][a-z0-9_]{0,59}$/.test(key);

/** A reward's place in the catalogue: its sort order and code. */
const positionOf = ({ reward }: CompiledReward): Position => ({
  key: `${reward.sortOrder} ${reward.code}`,
  id: reward.id,
});

function compareKeys(a: string, b: string): number {
  const [left = '', leftCode = ''] = a.split(' ');
  const [right = '', rightCode = ''] = b.split(' ');
  return Number(left) - Number(right) || (leftCode < rightCode ? -1 : leftCode > rightCode ? 1 : 0);
}

/** The catalogue is in memory: a page is cut out of it, one more than asked for, in the direction of travel. */
function pageOf(
  rewards: readonly CompiledReward[],
  { after, before, backwards, limit }: PageRequest,
): CompiledReward[] {
  const between = rewards.filter((reward) => {
    const { key } = positionOf(reward);
    return (after === null || compareKeys(key, after.key) > 0) && (before === null || compareKeys(key, before.key) < 0);
  });
  return (backwards ? between.toReversed() : between).slice(0, limit + 1);
}

builder.queryFields((t) => ({
  rewards: t.field({
    type: RewardConnection,
    subGraphs: ['Public'],
    description:
      'The catalogue of rewards as it is live, in the team’s order. Customers and publishable keys see what can be had at this time; the team sees everything, paused and out of time too. Needs reward:read.',
    authScopes: { permission: 'reward:read' },
    args: {
      ...pageArgs,
      kind: t.arg({ type: RewardKindEnum, description: 'Only of this kind; left out, of any.' }),
    },
    resolve: async (_root, { kind, ...args }, context) => {
      const page = readPage(args, ['rewards', kind ?? null], isCatalogueKey);
      const seen = await rewardsSeenBy(context);
      const wanted = seen.filter(
        ({ reward }) => kind === null || kind === undefined || reward.fulfilment.kind === kind,
      );
      return connectionOf(pageOf(wanted, page), page, positionOf);
    },
  }),
  reward: t.field({
    type: RewardRef,
    nullable: true,
    subGraphs: ['Public'],
    description: 'A live reward by its code; null when there is none that the caller sees. Needs reward:read.',
    authScopes: { permission: 'reward:read' },
    args: { code: t.arg.string({ required: true, description: 'Its code.' }) },
    resolve: async (_root, { code }, context) =>
      (await rewardsSeenBy(context)).find(({ reward }) => reward.code === code) ?? null,
  }),
}));
