import { READ_AT_ONCE, readInbox } from '#app/inbox/read.ts';
import { textOf } from '#app/inbox/text.ts';
import { ForbiddenError, InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import type { NoticeKind } from '#domain/inbox/notice.ts';
import { countUnread, listInbox, type InboxRow } from '#storage/inbox-store.ts';

import { builder } from './builder.ts';
import { programOf, scopeOf, type Context } from './context.ts';
import { wantedUuid } from './ids.ts';
import { findOwnCustomer } from './ledger-party.ts';
import { defineMutation } from './mutation.ts';
import { connectionOf, connectionType, isEmptyKey, pageArgs, readPage } from './paging.ts';
import { nowOf } from './redemption.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const READERS = { permission: ['customer:read', 'self:read'] as const };

const InboxItemKindEnum = builder.enumType('InboxItemKind', {
  description: 'What an item of an inbox is about. A reader must expect kinds that it does not know yet.',
  ...publicSurface,
  values: {
    REDEMPTION_CHANGED: { description: 'A redemption was issued, fulfilled, cancelled or has expired.' },
    TIER_CHANGED: { description: 'Another tier was reached, or one was lost.' },
    TIER_AT_RISK: { description: 'A tier will be lost unless more is done.' },
    MILESTONE_REACHED: { description: 'A threshold of a milestone was reached.' },
    POINTS_EXPIRING: { description: 'Points will expire.' },
    BADGE_AWARDED: { description: 'A badge was awarded.' },
    STREAK_AT_RISK: { description: 'A streak will end unless the customer goes on.' },
    CHALLENGE_CHANGED: { description: 'A challenge has brought a prize, perhaps one to be claimed.' },
    DUEL_INVITED: { description: 'Somebody challenges the customer to a duel.' },
    DUEL_DECIDED: { description: 'A duel of the customer is decided.' },
    LEAGUE_MOVED: { description: 'The customer rose or fell in a league.' },
    RANK_CHANGED: { description: 'The customer has another rank on a leaderboard.' },
    PRIZE_WON: { description: 'A season has brought a prize, perhaps one to be claimed.' },
  } satisfies Record<NoticeKind, object>,
});

const localeArg = {
  description: 'Language of the text, such as de-AT; left out, the customer’s own. English unless it is German.',
};

export const InboxItemRef = builder.objectRef<InboxRow>('InboxItem').implement({
  description:
    'One thing that a customer should see, once for each event. Readable with customer:read, or by the customer.',
  ...publicSurface,
  fields: (t) => ({
    id: t.id({ description: 'Its id, inb_…. Ids grow with time.', resolve: (it) => publicId('InboxItem', it.id) }),
    kind: t.field({ type: InboxItemKindEnum, description: 'What it is about.', resolve: (it) => it.kind }),
    title: t.string({
      description: 'A headline, plain text.',
      args: { locale: t.arg.string(localeArg) },
      resolve: async (it, { locale }, context) => (await textFor(context, it, locale)).title,
    }),
    body: t.string({
      description: 'A sentence, plain text.',
      args: { locale: t.arg.string(localeArg) },
      resolve: async (it, { locale }, context) => (await textFor(context, it, locale)).body,
    }),
    values: t.field({
      type: 'JSONObject',
      description: 'What the text says, as data: codes, whole points, exact decimals as text, days and instants.',
      resolve: (it) => it.values,
    }),
    aboutId: t.id({
      description: 'What it is about, by global id: a redemption, a ladder, a prize and so on.',
      resolve: ({ about }) => publicId(about.type, about.id),
    }),
    claimId: t.id({
      nullable: true,
      description:
        'What the customer may claim, by the id that the claiming mutation of its type takes; null when there is nothing to claim. The time for it ends at expiresAt.',
      resolve: ({ claim }) => (claim === null ? null : publicId(claim.type, claim.id)),
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From then on it is not shown any more; null: it stays.',
    }),
    readAt: t.expose('readAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was read; null while it was not.',
    }),
  }),
});

async function textFor(context: Context, item: InboxRow, locale: string | null | undefined) {
  const catalogue = await context.deps.catalogues.current(programOf(context).programId);
  const wanted = locale ?? (await context.loaders.customer.load(item.customerId))?.locale ?? null;
  return textOf(catalogue, item, wanted);
}

const InboxItemConnection = connectionType('InboxItem', InboxItemRef, publicSurface);
const positionOf = ({ id }: InboxRow) => ({ key: '', id });

builder.queryFields((t) => {
  const whose = {
    customerId: t.arg.id({ description: 'Whose, cus_…. This or customerExternalId; a customer token needs neither.' }),
    customerExternalId: t.arg.string({ description: 'Whose, by the tenant’s own id.' }),
  };
  return {
    inbox: t.field({
      type: InboxItemConnection,
      ...publicSurface,
      description:
        'A customer’s inbox, newest first: what they should see, kept for 90 days. Items of which the time is over are left out. Empty when there is no such customer. Needs customer:read, or self:read for one’s own.',
      authScopes: READERS,
      args: {
        ...pageArgs,
        ...whose,
        unreadOnly: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Only what was not read yet; false by default.',
        }),
      },
      resolve: async (_root, { unreadOnly, customerId, customerExternalId, ...args }, context) => {
        const owner = await findOwnCustomer(context, { customerId, customerExternalId });
        const page = readPage(args, ['inbox', owner, unreadOnly], isEmptyKey);
        if (owner === null) return connectionOf<InboxRow>([], page, positionOf);
        const { programId } = programOf(context);
        const now = await nowOf(context);
        return connectionOf(
          await listInbox(context.deps.reads, programId, owner, now, unreadOnly, page),
          page,
          positionOf,
        );
      },
    }),
    inboxUnreadCount: t.int({
      ...publicSurface,
      description:
        'How many items of a customer’s inbox were not read yet; 0 when there is no such customer. Needs customer:read, or self:read for one’s own.',
      authScopes: READERS,
      args: whose,
      resolve: async (_root, named, context) => {
        const owner = await findOwnCustomer(context, named);
        return owner === null ? 0 : unreadOf(context, owner);
      },
    }),
  };
});

/** How many items the customer has not read. */
export async function unreadOf(context: Context, customerId: string): Promise<number> {
  const now = await nowOf(context);
  return countUnread(context.deps.reads, programOf(context).programId, customerId, now);
}

defineMutation('inboxRead', {
  description: `Says that items of a customer’s inbox were read: those named, at most ${READ_AT_ONCE}, or all up to one. A customer’s own token reads its own. Causes inbox.read.`,
  permission: ['customer:write', 'self:read'],
  isPublic: true,
  input: (t) => ({
    customerId: t.id({ description: 'Whose, cus_…; a customer token needs it not.' }),
    itemIds: t.idList({ description: 'The items, inb_…. This or upTo.' }),
    upTo: t.id({ description: 'This item, inb_…, and all that are older. This or itemIds.' }),
  }),
  run: async (input, context, command) => {
    const caller = programOf(context);
    const own = caller.kind === 'CUSTOMER' ? caller.customerId : null;
    if (own === null && (input.customerId === null || input.customerId === undefined))
      throw new InvalidInputError('Name the customer.', ['customerId']);
    const customerId =
      input.customerId === null || input.customerId === undefined
        ? (own ?? '')
        : wantedUuid('Customer', input.customerId, 'customer', ['customerId']);
    if (own !== null && customerId !== own)
      throw new ForbiddenError('A customer token reads the inbox of its own customer only.');
    return readInbox(context.deps, scopeOf(context), command, { customerId, items: itemsOf(input) });
  },
  payload: (t) => ({
    readCount: t.exposeInt('read', { description: 'How many of them were not read before.' }),
    unreadCount: t.exposeInt('unread', { description: 'How many items of the inbox are not read, right after it.' }),
  }),
});

type Named = { itemIds?: readonly (string | number)[] | null | undefined; upTo?: string | number | null | undefined };

function itemsOf({ itemIds, upTo }: Named) {
  const isNamed = itemIds !== null && itemIds !== undefined;
  const hasEnd = upTo !== null && upTo !== undefined;
  if (isNamed === hasEnd) throw new InvalidInputError('Give itemIds or upTo.', ['itemIds']);
  if (hasEnd) return { upTo: wantedUuid('InboxItem', upTo, 'inbox item', ['upTo']) };
  return { itemIds: (itemIds ?? []).map((id) => wantedUuid('InboxItem', id, 'inbox item', ['itemIds'])) };
}
