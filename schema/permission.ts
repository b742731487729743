import { PERMISSIONS, type Permission, type Role } from '#domain/caller.ts';

import { builder } from './builder.ts';

const DESCRIPTIONS: Record<Permission, string> = {
  'program:create': 'Create, list and archive programs. The operator of the installation alone holds it.',
  'program:read': 'Read the program with its policies and point currencies.',
  'program:write': 'Change policies, point currencies and a test clock.',
  'key:read': 'List keys and identity providers. Secrets are shown to nobody.',
  'key:write': 'Create, rotate and revoke keys; add and remove identity providers.',
  'token:mint': 'Mint tokens for customers, and end them.',
  'customer:read': 'Read customers and accounts.',
  'customer:write': 'Create and change customers and accounts.',
  'customer:erase': 'Erase customers for good.',
  'enrolment:write': 'Invite, enrol, pause, block and let go customers.',
  'activity:read': 'Read activities and what they caused.',
  'activity:track': 'Report activities of any customer.',
  'activity:reverse': 'Take activities back, whole or in part.',
  'ledger:read': 'Read balances, lots, holds and transactions.',
  'ledger:spend': 'Spend, hold and capture points.',
  'ledger:adjust': 'Credit or debit points by hand, within the limit of the key.',
  'ledger:transfer': 'Move points between customers.',
  'economy:read': 'Read the points economy: points by day, what expires, liability, the value of a point.',
  'earning:read': 'Read how points can be earned now: for pages and apps, too.',
  'rule:read': 'Read activity types and earning rules.',
  'rule:write': 'Change activity types and the draft of the rules.',
  'rule:publish': 'Make the draft of the rules live.',
  'reward:read': 'Read the catalogue of rewards. Customers and publishable keys see what can be had now.',
  'reward:write': 'Import codes of rewards.',
  'redemption:read': 'Read redemptions of all customers.',
  'redemption:write': 'Redeem for customers; issue, use, fulfil and cancel redemptions; make step-up codes.',
  'tier:read': 'Read ladders, and the tiers, levels and next steps of any customer.',
  'tier:write': 'Give tiers by hand, end them, and review them before their time.',
  'streak:write': 'Pause, resume and restore streaks of customers, and give freezes.',
  'self:streak': 'A customer pauses, resumes and restores streaks of their own that allow it.',
  'challenge:write': 'Let customers join challenges, and claim prizes for them.',
  'terms:read': 'Read the terms of the programme, in every version.',
  'terms:write': 'Publish versions of the terms.',
  'consent:write': 'Record that customers agreed to the terms, or took it back.',
  'leaderboard:read': 'Read leaderboards. Customers and publishable keys read public ones alone.',
  'leaderboard:write': 'Create and archive leaderboards.',
  'leaderboard:rebuild': 'Check boards against the record, and rebuild them.',
  'badge:read': 'Read the catalogue of badges, recent awards and public profiles.',
  'badge:give': 'Give badges by hand, take them back, and show or hide them for a customer.',
  'team:read': 'Read teams and who is in them.',
  'team:write': 'Form and change teams and friendships of any customer, and how customers appear on boards.',
  'audit:read': 'Read who changed what in the administration.',
  'self:read': 'A customer reads what is their own.',
  'self:track': 'A customer reports activities of the types that allow it.',
  'self:redeem': 'A customer redeems rewards, and cancels what is only reserved.',
  'self:social': 'A customer forms, joins and leaves teams, makes friends, and chooses how to appear on boards.',
  'self:consent': 'A customer agrees to the terms, or takes it back.',
};

/** `key:write` is `KEY_WRITE` in the graph, where a colon cannot stand. */
const nameOf = (permission: Permission): string => permission.toUpperCase().replace(':', '_');

export const PermissionEnum = builder.enumType('Permission', {
  description: 'One thing that a caller may do. A field that needs KEY_WRITE says "Needs key:write".',
  subGraphs: ['Public'],
  values: Object.fromEntries(PERMISSIONS.map((value) => [nameOf(value), { value, description: DESCRIPTIONS[value] }])),
});

export const RoleEnum = builder.enumType('Role', {
  description: 'A named set of permissions, for keys and for staff; docs/permissions.md has the whole matrix.',
  subGraphs: ['Public'],
  values: {
    OWNER: { description: "Everything within the program: for the tenant's own server." },
    PROGRAM_MANAGER: { description: 'Designs the programme: rules, boards, policies, customers, adjustments.' },
    GROWTH_MARKETER: { description: 'Drafts rules and boards, and enrols customers.' },
    COMMUNITY_MANAGER: { description: 'Runs boards and enrolments.' },
    CUSTOMER_SUCCESS: { description: 'Looks after customers: details, enrolments, adjustments.' },
    DATA_ANALYST: { description: 'Reads everything, changes nothing.' },
    TECHNICAL_SUPPORT: { description: 'Reads everything, sees keys and audit, rebuilds boards.' },
  } satisfies Record<Role, object>,
});
