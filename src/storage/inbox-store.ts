import type { InboxNotice } from '#domain/inbox/notice.ts';

/** An item of an inbox as it is on record. */
export type InboxRow = Pick<InboxNotice, 'kind' | 'about' | 'values'> & {
  /** That of the event that put it there. */
  id: string;
  customerId: string;
  claim: { type: InboxNotice['about']['type']; id: string } | null;
  at: Date;
  expiresAt: Date | null;
  readAt: Date | null;
};
