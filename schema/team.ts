import { publicId } from '#domain/ids.ts';
import { TEAM_SIZE_MAX, type Membership, type Team, type TEAM_JOININGS } from '#domain/team/team.ts';
import { listTeams } from '#storage/team-store.ts';

import { builder } from './builder.ts';
import { programOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const TeamJoiningEnum = builder.enumType('TeamJoining', {
  description: 'Who may join a team.',
  ...publicSurface,
  values: {
    OPEN: { description: 'Every customer, as long as there is room.' },
    CLOSED: { description: 'Whom the captain or the tenant’s server adds.' },
  } satisfies Record<(typeof TEAM_JOININGS)[number], object>,
});

export const TeamRef = builder.objectRef<Team>('Team');

type Member = Membership & { isCaptain: boolean };

const TeamMemberRef = builder.objectRef<Member>('TeamMember').implement({
  description: 'A customer in a team.',
  ...publicSurface,
  fields: (t) => ({
    customerId: t.id({ description: 'The customer, cus_….', resolve: (it) => publicId('Customer', it.customerId) }),
    displayName: t.string({
      nullable: true,
      description: 'The name or alias by which others know the customer; null when there is none to show.',
      resolve: (it, _args, context) => context.deps.displayNames.of(programOf(context).programId, it.customerId),
    }),
    isCaptain: t.exposeBoolean('isCaptain', { description: 'Whether it is the captain.' }),
    since: t.expose('fromAt', { type: 'DateTime', description: 'When the customer joined.' }),
  }),
});

builder.node(TeamRef, {
  description:
    'Customers who play together. A customer is in one team at a time; what it does counts for the team that it was in then. Needs team:read.',
  ...publicSurface,
  id: { resolve: (it) => it.id, description: 'Global id, tea_….' },
  loadMany: (ids, context) => ids.map((id) => context.loaders.team.load(id)),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name for people.' }),
    joining: t.field({ type: TeamJoiningEnum, description: 'Who may join.', resolve: (it) => it.joining }),
    sizeMax: t.exposeInt('sizeMax', { description: 'Most members that it can have.' }),
    captainId: t.id({
      description: 'Its captain, cus_…; of a disbanded team the last one.',
      resolve: (it) => publicId('Customer', it.captainId),
    }),
    members: t.field({
      type: [TeamMemberRef],
      description: `Who is in it now, the longest-standing first; at most ${TEAM_SIZE_MAX}, none in a disbanded one.`,
      resolve: async (team, _args, context) =>
        (await context.loaders.teamMembers.load(team.id)).map((member) => ({
          ...member,
          isCaptain: member.customerId === team.captainId,
        })),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    disbandedAt: t.expose('disbandedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its last member left; null while it has any. A team does not come back.',
    }),
  }),
});

builder.objectField(CustomerRef, 'team', (t) =>
  t.field({
    type: TeamRef,
    nullable: true,
    ...publicSurface,
    description: 'The team that the customer is in now; null for none. Needs team:read.',
    authScopes: { permission: 'team:read' },
    resolve: async ({ id }, _args, context) => {
      const current = await context.loaders.teamOf.load(id);
      return current === null ? null : context.loaders.team.load(current.teamId);
    },
  }),
);

const TeamConnection = connectionType('Team', TeamRef, publicSurface);

builder.queryField('teams', (t) =>
  t.field({
    type: TeamConnection,
    ...publicSurface,
    description: 'Teams that have members, oldest first. Needs team:read.',
    authScopes: { permission: 'team:read' },
    args: pageArgs,
    resolve: async (_root, args, context) => {
      const { programId } = programOf(context);
      const page = readPage(args, ['teams', programId], isIntegerKey);
      return connectionOf(await listTeams(context.deps.reads, programId, page), page, ({ key, id }) => ({ key, id }));
    },
  }),
);
