import { createTeam } from '#app/team/create.ts';
import { joinTeam } from '#app/team/join.ts';
import { leaveTeam } from '#app/team/leave.ts';
import { changeTeam, type TeamUpdateInput } from '#app/team/update.ts';
import { ForbiddenError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import { TEAM_SIZE_MAX } from '#domain/team/team.ts';

import { askingCustomer, namedOrSelf } from './acting-customer.ts';
import { scopeOf, type Context } from './context.ts';
import { present, wantedUuid } from './ids.ts';
import { defineMutation } from './mutation.ts';
import { TeamJoiningEnum, TeamRef } from './team.ts';

const OWN = ['team:write', 'self:social'] as const;
const teamId = (id: string | number): string => wantedUuid('Team', id, 'team', ['id']);
const teamOf = (result: { teamId: string }, _args: unknown, context: Context) =>
  present(context.loaders.team.clear(result.teamId).load(result.teamId));

defineMutation('teamCreate', {
  description:
    'Makes a team, whose captain is its first member. A customer’s own token makes its own team. Refused with STATE_CONFLICT for a captain who is in a team. Causes team.changed.',
  permission: OWN,
  isPublic: true,
  input: (t) => ({
    name: t.string({ required: true, description: 'Its name for people, 1 to 200 characters.' }),
    joining: t.field({ type: TeamJoiningEnum, required: true, defaultValue: 'OPEN', description: 'Who may join.' }),
    sizeMax: t.int({
      required: true,
      defaultValue: 10,
      description: `Most members, 1 to ${TEAM_SIZE_MAX}; 10 by default.`,
    }),
    captainId: t.id({ description: 'Its captain, cus_…; a customer token leaves it out and is the captain.' }),
  }),
  run: ({ name, joining, sizeMax, captainId }, context, command) => {
    const captain = namedOrSelf(context, captainId, 'captainId');
    const own = askingCustomer(context);
    if (own !== null && captain.id !== own) throw new ForbiddenError('A customer token makes its own team only.');
    return createTeam(context.deps, scopeOf(context), command, { captain, name, joining, sizeMax });
  },
  payload: (t) => ({ team: t.field({ type: TeamRef, description: 'The new team.', resolve: teamOf }) }),
});

defineMutation('teamJoin', {
  description:
    'Puts a customer into a team. A customer’s own token joins an OPEN one; the captain’s, and the tenant’s server, add others. What the customer does from then on counts for the team. Refused with STATE_CONFLICT where it is full, closed, or the customer is in a team. Causes team.changed.',
  permission: OWN,
  isPublic: true,
  input: (t) => ({
    id: t.id({ required: true, description: 'The team, tea_….' }),
    customerId: t.id({ description: 'Who, cus_…; a customer token may leave it out to mean its own.' }),
  }),
  run: ({ id, customerId }, context, command) =>
    joinTeam(context.deps, scopeOf(context), command, {
      teamId: teamId(id),
      customer: namedOrSelf(context, customerId),
      by: askingCustomer(context),
    }),
  payload: (t) => ({ team: t.field({ type: TeamRef, description: 'The team as it is now.', resolve: teamOf }) }),
});

defineMutation('teamLeave', {
  description:
    'Takes a customer out of its team: by its own token, the captain’s, or the tenant’s server. What it did for the team stays with the team. The longest-standing member takes over from a captain; the last one out disbands the team. Causes team.changed.',
  permission: OWN,
  isPublic: true,
  input: (t) => ({
    customerId: t.id({ description: 'Who, cus_…; a customer token may leave it out to mean its own.' }),
  }),
  run: ({ customerId }, context, command) =>
    leaveTeam(context.deps, scopeOf(context), command, {
      customer: namedOrSelf(context, customerId),
      by: askingCustomer(context),
    }),
  payload: (t) => ({
    disbanded: t.exposeBoolean('disbanded', { description: 'Whether the team is left without members, and so ended.' }),
    team: t.field({ type: TeamRef, description: 'The team as it is now.', resolve: teamOf }),
  }),
});

defineMutation('teamUpdate', {
  description:
    'Changes a team or hands it to another member: by its captain, or the tenant’s server. What is left out stays. Causes team.changed.',
  permission: OWN,
  isPublic: true,
  input: (t) => ({
    id: t.id({ required: true, description: 'The team, tea_….' }),
    name: t.string({ description: 'Its name for people, 1 to 200 characters.' }),
    joining: t.field({ type: TeamJoiningEnum, description: 'Who may join.' }),
    sizeMax: t.int({ description: `Most members, 1 to ${TEAM_SIZE_MAX}, no fewer than it has.` }),
    captainId: t.id({ description: 'Its new captain, cus_…, one of its members.' }),
  }),
  run: ({ id, name, joining, sizeMax, captainId }, context, command) => {
    const input: TeamUpdateInput = { teamId: teamId(id), by: askingCustomer(context) };
    if (typeof name === 'string') input.name = name;
    if (joining) input.joining = joining;
    if (typeof sizeMax === 'number') input.sizeMax = sizeMax;
    if (captainId !== null && captainId !== undefined)
      input.captain = { id: uuidOf('Customer', String(captainId)), externalId: null };
    return changeTeam(context.deps, scopeOf(context), command, input);
  },
  payload: (t) => ({ team: t.field({ type: TeamRef, description: 'The team as it is now.', resolve: teamOf }) }),
});
