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

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The outside form of a UUID, as the TypeID specification says: 128 bits behind two zero bits, five to a letter. Written
 * out because every row of every answer has one: a list of twenty spent more on its ids than on reading its rows.
 */
export function publicId(type: IdType, uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  let text = `${ID_PREFIXES[type]}_${letters(Number.parseInt(hex.slice(0, 2), 16), 2)}`;
  for (let start = 2; start < 32; start += 5) text += letters(Number.parseInt(hex.slice(start, start + 5), 16), 4);
  return text;
}

/** The last `count` groups of five bits. */
function letters(bits: number, count: 2 | 4): string {
  const low = BASE32.charAt((bits >> 5) & 31) + BASE32.charAt(bits & 31);
  return count === 2 ? low : BASE32.charAt((bits >> 15) & 31) + BASE32.charAt((bits >> 10) & 31) + low;
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
