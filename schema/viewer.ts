import type { Caller } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';

import { builder } from './builder.ts';
import { PermissionEnum, RoleEnum } from './permission.ts';
import { ProgramRef } from './program.ts';

const CallerKind = builder.enumType('CallerKind', {
  description: 'How a caller proves who it is.',
  subGraphs: ['Public'],
  values: {
    ANONYMOUS: { description: 'Not at all.' },
    OPERATOR: { description: 'With a key of the installation.' },
    SECRET_KEY: { description: "With a secret key: the tenant's own server." },
    PUBLISHABLE_KEY: { description: 'With a key that anybody may see: a page or an app.' },
    STAFF: { description: "With a token of the tenant's identity provider: a person of the team." },
    CUSTOMER: { description: 'With a token that was minted for one customer.' },
  } satisfies Record<Caller['kind'], object>,
});

const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is calling, and what they may do.',
  subGraphs: ['Public'],
  fields: (t) => ({
    kind: t.field({
      type: CallerKind,
      description: 'How the caller proved who it is.',
      resolve: (caller) => caller.kind,
    }),
    role: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'The role of a secret key or of staff; null for others.',
      resolve: (caller) => ('role' in caller ? caller.role : null),
    }),
    permissions: t.field({
      type: [PermissionEnum],
      description: 'All that the caller may do: its role, narrowed by its scopes.',
      resolve: (caller) => [...caller.permissions],
    }),
    program: t.field({
      type: ProgramRef,
      nullable: true,
      description: "The caller's program; null for the operator and for nobody in particular.",
      resolve: (caller, _args, context) =>
        'programId' in caller ? context.loaders.program.load(caller.programId) : null,
    }),
    customerId: t.id({
      nullable: true,
      description: 'The customer for whom the token was minted; null for others.',
      resolve: (caller) => (caller.kind === 'CUSTOMER' ? publicId('Customer', caller.customerId) : null),
    }),
    adjustmentMax: t.field({
      type: 'Points',
      nullable: true,
      description: 'Most points that one manual adjustment of this caller may move; null sets no limit.',
      resolve: (caller) => ('adjustmentMax' in caller ? caller.adjustmentMax : null),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the key or token ends by itself; null when it does not.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'Who is calling, and what they may do. Open to anybody.',
    subGraphs: ['Public'],
    authScopes: { open: true },
    resolve: (_root, _args, context) => context.caller,
  }),
);
