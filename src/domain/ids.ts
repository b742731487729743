import { TypeID } from 'typeid-js';

/**
 * Ids are UUIDv7 inside and TypeIDs outside: `cus_01h2xcejqtf2nbrexx3vqjhp41`. The outside form is at the same time the
 * Relay global id, so an id alone tells its type. This table is the only place where a prefix is written.
 */
export const ID_PREFIXES = {
  Program: 'prg',
  PointCurrency: 'pcu',
  OperatorKey: 'opk',
  ApiKey: 'key',
  IdentityProvider: 'idp',
  Account: 'acc',
  Customer: 'cus',
  Enrolment: 'enr',
  ActivityType: 'aty',
  Activity: 'act',
  ActivityReversal: 'arv',
  EarningRule: 'rul',
  LedgerAccount: 'lac',
  LedgerTransaction: 'ltx',
  LedgerEntry: 'len',
  Lot: 'lot',
  Hold: 'hld',
  Leaderboard: 'ldb',
  Season: 'sea',
  AuditEntry: 'aud',
  ImportRun: 'imp',
} as const;

export type IdType = keyof typeof ID_PREFIXES;

const TYPE_OF_PREFIX = new Map(
  (Object.keys(ID_PREFIXES) as IdType[]).map((type) => [ID_PREFIXES[type] as string, type]),
);

/** The outside form of a UUID. */
export function publicId(type: IdType, uuid: string): string {
  return TypeID.fromUUID(ID_PREFIXES[type], uuid).toString();
}

/** Type and UUID of any public id, or null when it is malformed or of an unknown type. */
export function parsePublicId(id: string): { type: IdType; uuid: string } | null {
  const type = TYPE_OF_PREFIX.get(id.slice(0, id.indexOf('_')));
  if (type === undefined) return null;
  try {
    const uuid = TypeID.fromString(id, ID_PREFIXES[type]).toUUID();
    // Base 32 has several spellings of one value; only the one that we print is an id.
    return publicId(type, uuid) === id ? { type, uuid } : null;
  } catch {
    return null;
  }
}

/** The UUID inside a public id of the wanted type, or null when it is malformed or of another type. */
export function uuidOf(type: IdType, id: string): string | null {
  const parsed = parsePublicId(id);
  return parsed?.type === type ? parsed.uuid : null;
}
