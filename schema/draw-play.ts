import { playDraw } from '#app/draw/play.ts';
import { DrawRefusedError, PointsOutOfRangeError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { findPlays, listPlays, type DrawPlayRow } from '#storage/draw-store.ts';

import { actingCustomer } from './acting-customer.ts';
import { BalanceRef } from './balance.ts';
import { builder } from './builder.ts';
import { programOf, scopeOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { UsedUpEnum } from './draw-now.ts';
import { DrawOutcomeRef } from './draw.ts';
import { present } from './ids.ts';
import { defineMutation } from './mutation.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';
import { RedemptionRef } from './redemption.ts';

const publicSurface = { subGraphs: ['Public' as const] };

export const DrawPlayRef = builder.objectRef<DrawPlayRow>('DrawPlay').implement({
  description:
    'A play of a prize draw, as it was: its ticket and the weights of its revision prove what came out. Readable with redemption:read, or by the customer.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({
      description: 'Its id, dpl_…, by which it is explained.',
      resolve: ({ id }) => publicId('DrawPlay', id),
    }),
    customerId: t.id({ description: 'Who played, cus_….', resolve: (it) => publicId('Customer', it.customerId) }),
    drawCode: t.exposeString('drawCode', { description: 'Code of the draw.' }),
    playedAt: t.expose('playedAt', { type: 'DateTime', description: 'When.' }),
    outcome: t.field({
      type: DrawOutcomeRef,
      description: 'What was given, as it was then.',
      resolve: (it) => it.outcome,
    }),
    isFree: t.exposeBoolean('isFree', { description: 'Whether it was one of the free plays.' }),
    cost: t.expose('cost', {
      type: 'Points',
      description:
        'Points that it cost; 0 for a free play, and for one whose prize was used up with nothing in its place.',
    }),
    points: t.expose('points', {
      type: 'Points',
      description: 'Points that were given, less what a cap on the balance left no room for.',
    }),
    redemption: t.field({
      type: RedemptionRef,
      nullable: true,
      description: 'By which the reward was given; null for none.',
      resolve: ({ redemptionId }, _args, context) =>
        redemptionId === null ? null : context.loaders.redemption.load(redemptionId),
    }),
    transactionId: t.id({
      nullable: true,
      description: 'The ledger transaction that gave the points, ltx_…; null for none.',
      resolve: (it) => (it.transactionId === null ? null : publicId('LedgerTransaction', it.transactionId)),
    }),
    paymentId: t.id({
      nullable: true,
      description: 'The ledger transaction that paid for it, ltx_…; null when it cost nothing.',
      resolve: (it) => (it.paymentId === null ? null : publicId('LedgerTransaction', it.paymentId)),
    }),
    ticket: t.expose('ticket', {
      type: 'Points',
      description: 'The random number: a whole number from 0 to `tickets`, exclusive, each equally likely.',
    }),
    tickets: t.expose('tickets', { type: 'Points', description: 'The sum of all weights then.' }),
    ruleRevision: t.exposeInt('revision', { description: 'The rule set’s revision whose weights decided.' }),
    drawn: t.exposeString('drawn', { description: 'Code of the outcome that the ticket fell into.' }),
    usedUp: t.field({
      type: UsedUpEnum,
      nullable: true,
      description: 'Why the fallback was given in place of what was drawn; null when that was given.',
      resolve: (it) => it.usedUp,
    }),
  }),
});

const DrawPlayConnection = connectionType('DrawPlay', DrawPlayRef, { subGraphs: ['Public'] });
/** What can be a draw’s code; nothing else reaches a statement. */
const CODE = /^[a-z][a-z0-9_]{0,59}$/;

builder.objectField(CustomerRef, 'drawPlays', (t) =>
  t.field({
    type: DrawPlayConnection,
    ...publicSurface,
    description:
      'The customer’s plays of prize draws, newest first. Needs redemption:read, or self:read for one’s own.',
    authScopes: { permission: ['redemption:read', 'self:read'] },
    args: { ...pageArgs, draw: t.arg.string({ description: 'Code of the draw; left out, of all.' }) },
    resolve: async ({ id: customerId }, { draw, ...args }, context) => {
      const where = { customerId, drawCode: draw ?? null };
      const page = readPage(args, ['drawPlays', where], isEmptyKey);
      const isNone = where.drawCode !== null && !CODE.test(where.drawCode);
      const rows = isNone ? [] : await listPlays(context.deps.reads, programOf(context).programId, where, page);
      return connectionOf(rows, page, ({ id }) => ({ key: '', id }));
    },
  }),
);

defineMutation('drawPlay', {
  description:
    'Plays a prize draw: price, random number, prize and record come together or not at all. The same key answers the same outcome. A customer’s own token plays for itself. Causes draw.played and, by what it costs and gives, balance.changed and redemption.changed.',
  permission: ['redemption:write', 'self:redeem'],
  isPublic: true,
  errors: [DrawRefusedError, PointsOutOfRangeError],
  input: (t) => ({
    customerId: t.id({ description: 'For whom, cus_…; a customer’s own token need not name itself.' }),
    draw: t.string({ required: true, description: 'The draw’s code.' }),
  }),
  run: ({ customerId, draw }, context, command) => {
    const customer = actingCustomer(context, customerId, 'A customer token plays for its own customer only.');
    return playDraw(context.deps, scopeOf(context), command, { customer, drawCode: draw });
  },
  payload: (t) => ({
    play: t.field({
      type: DrawPlayRef,
      description: 'The play.',
      resolve: ({ playId }, _args, context) =>
        present(findPlays(context.deps.reads, programOf(context).programId, [playId]).then(([play]) => play ?? null)),
    }),
    balances: t.field({
      type: [BalanceRef],
      description: 'The customer’s balances right after it, of the currencies in which points moved.',
      resolve: (it) => it.balances,
    }),
  }),
});
