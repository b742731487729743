/**
 * Who is calling, and what they may do. A permission is `<noun>:<verb>`; a role is a named set of permissions; a key or a
 * token carries a role and may narrow it. Programs are walls: a caller with a program never sees another one.
 */
export const PERMISSIONS = [
  'program:create',
  'program:read',
  'program:write',
  'key:read',
  'key:write',
  'token:mint',
  'customer:read',
  'customer:write',
  'customer:erase',
  'enrolment:write',
  'activity:read',
  'activity:track',
  'activity:reverse',
  'ledger:read',
  'ledger:spend',
  'ledger:adjust',
  'ledger:transfer',
  'economy:read',
  'earning:read',
  'rule:read',
  'rule:write',
  'rule:publish',
  'reward:read',
  'reward:write',
  'redemption:read',
  'redemption:write',
  'tier:read',
  'tier:write',
  'streak:write',
  'challenge:write',
  'terms:read',
  'terms:write',
  'consent:write',
  'leaderboard:read',
  'leaderboard:write',
  'leaderboard:rebuild',
  'badge:read',
  'badge:give',
  'team:read',
  'team:write',
  'audit:read',
  'self:read',
  'self:track',
  'self:redeem',
  'self:streak',
  'self:social',
  'self:consent',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = [
  'OWNER',
  'PROGRAM_MANAGER',
  'GROWTH_MARKETER',
  'COMMUNITY_MANAGER',
  'CUSTOMER_SUCCESS',
  'DATA_ANALYST',
  'TECHNICAL_SUPPORT',
] as const;
export type Role = (typeof ROLES)[number];

const READ: Permission[] = [
  'program:read',
  'customer:read',
  'activity:read',
  'ledger:read',
  'earning:read',
  'rule:read',
  'reward:read',
  'redemption:read',
  'tier:read',
  'terms:read',
  'leaderboard:read',
  'team:read',
  'badge:read',
];

/** What each role may do; OWNER is what a tenant's own server uses. */
export const ROLE_PERMISSIONS: Record<Role, readonly Permission[]> = {
  OWNER: PERMISSIONS.filter((p) => p !== 'program:create' && !p.startsWith('self:')),
  PROGRAM_MANAGER: [
    ...READ,
    'badge:give',
    'program:write',
    'customer:write',
    'customer:erase',
    'enrolment:write',
    'rule:write',
    'rule:publish',
    'reward:write',
    'redemption:write',
    'tier:write',
    'streak:write',
    'challenge:write',
    'terms:write',
    'consent:write',
    'leaderboard:write',
    'leaderboard:rebuild',
    'team:write',
    'ledger:adjust',
    'economy:read',
    'audit:read',
    'key:read',
  ],
  GROWTH_MARKETER: [
    ...READ,
    'economy:read',
    'customer:write',
    'enrolment:write',
    'rule:write',
    'reward:write',
    'leaderboard:write',
  ],
  COMMUNITY_MANAGER: [
    ...READ,
    'badge:give',
    'challenge:write',
    'streak:write',
    'enrolment:write',
    'leaderboard:write',
    'team:write',
  ],
  CUSTOMER_SUCCESS: [
    ...READ,
    'badge:give',
    'customer:write',
    'enrolment:write',
    'consent:write',
    'tier:write',
    'streak:write',
    'team:write',
    'redemption:write',
    'ledger:adjust',
  ],
  DATA_ANALYST: [...READ, 'economy:read', 'audit:read'],
  TECHNICAL_SUPPORT: [...READ, 'key:read', 'audit:read', 'leaderboard:rebuild'],
};

/** A publishable key may be seen by anyone: it reads public boards, the catalogue of rewards, how to earn and the terms, and nothing else. */
export const PUBLISHABLE_PERMISSIONS: readonly Permission[] = [
  'badge:read',
  'earning:read',
  'leaderboard:read',
  'reward:read',
  'terms:read',
];
/** A customer reads what is their own, reports activities of the types that allow it, redeems rewards, and agrees to the terms. */
export const CUSTOMER_PERMISSIONS: readonly Permission[] = [
  'badge:read',
  'earning:read',
  'leaderboard:read',
  'team:read',
  'reward:read',
  'terms:read',
  'self:read',
  'self:track',
  'self:redeem',
  'self:streak',
  'self:social',
  'self:consent',
];
/** The installation's operator creates and archives programs. */
export const OPERATOR_PERMISSIONS: readonly Permission[] = ['program:create'];

type Known = {
  /** How the caller is written into transactions and audit entries, for instance `key:key_01h…`. */
  actor: string;
  permissions: ReadonlySet<Permission>;
  /** When the identity ends by itself; null when it does not. */
  expiresAt: Date | null;
};
export type SecretKeyCaller = Known & {
  kind: 'SECRET_KEY';
  programId: string;
  keyId: string;
  role: Role;
  adjustmentMax: number | null;
};
export type StaffCaller = Known & {
  kind: 'STAFF';
  programId: string;
  subject: string;
  providerId: string;
  role: Role;
  adjustmentMax: number | null;
};
export type PublishableKeyCaller = Known & {
  kind: 'PUBLISHABLE_KEY';
  programId: string;
  keyId: string;
  /** Origins from which the key may be used; empty allows any, and callers without one. */
  allowedOrigins: readonly string[];
};
/** Minted by a key, or by a person who signed in with an identity provider; it ends when that is revoked or removed. */
export type CustomerCaller = Known & {
  kind: 'CUSTOMER';
  programId: string;
  customerId: string;
  keyId: string | null;
  providerId: string | null;
};
export type OperatorCaller = Known & { kind: 'OPERATOR'; keyId: string };
export type AnonymousCaller = Known & { kind: 'ANONYMOUS' };

/** Callers that belong to one program. */
export type ProgramCaller = SecretKeyCaller | StaffCaller | PublishableKeyCaller | CustomerCaller;
export type Caller = ProgramCaller | OperatorCaller | AnonymousCaller;

/** What a key of this role may do: all of the role, or the part of it that the scopes name. */
export function grantedPermissions(role: Role, scopes: readonly Permission[] | null): ReadonlySet<Permission> {
  return new Set(ROLE_PERMISSIONS[role].filter((permission) => scopes === null || scopes.includes(permission)));
}

export const ANONYMOUS: AnonymousCaller = {
  kind: 'ANONYMOUS',
  actor: 'anonymous',
  permissions: new Set(),
  expiresAt: null,
};

/** Whether the caller holds the permission. */
export function may(caller: Caller, permission: Permission): boolean {
  return caller.permissions.has(permission);
}
