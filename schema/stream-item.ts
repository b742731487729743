import type { ResetReason } from '#domain/stream/cursor.ts';

import { builder } from './builder.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

/** What every item of a stream says of itself. */
export type StreamMark = { cursor: string; isSnapshot: boolean; reset: ResetReason | null };

const StreamResetReasonEnum = builder.enumType('StreamResetReason', {
  description: 'Why a reader who came back with a cursor begins anew, with a snapshot.',
  subGraphs: ['Public'],
  values: {
    TOO_OLD: {
      description: 'What happened since is not kept any more: seven days for customers, a minute for boards.',
    },
    TOO_FAR_BEHIND: { description: 'More than 10,000 changes were missed, which a snapshot says in less.' },
    OTHER_STREAM: { description: 'The cursor is of another stream, another customer, or other arguments.' },
    UNKNOWN: {
      description: 'The cursor is malformed, or of a history that was taken back, such as by a restored backup.',
    },
  } satisfies Record<ResetReason, object>,
});

export const StreamItemRef = builder.interfaceRef<StreamMark>('StreamItem').implement({
  description:
    'One item of a stream. Items come in order and each once; after a reconnect `after: cursor` of the last item that arrived leads on without a gap.',
  subGraphs: ['Public'],
  extensions: SAME_FOR_EQUAL_RIGHTS,
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      description: 'The place in the stream behind this item, for `after`. Opaque; at most 2,000 characters.',
    }),
    isSnapshot: t.exposeBoolean('isSnapshot', {
      description:
        'True on an item that shows the state as it is and not a change: the first one without `after`, and one that answers a cursor that leads nowhere.',
    }),
    reset: t.field({
      type: StreamResetReasonEnum,
      nullable: true,
      description:
        'On a snapshot that answers an `after`: why the stream cannot go on from there, so that what the reader has must be put aside. Null on all other items.',
      resolve: (it) => it.reset,
    }),
  }),
});

/** The argument with which a reader comes back. */
export const resumeArgs = builder.args((t) => ({
  after: t.string({
    description:
      'Cursor of the last item that arrived: the stream goes on behind it, with no snapshot, and tells all that was missed, in order and each once. A cursor that leads nowhere is answered by a snapshot that says why in `reset`.',
  }),
}));
