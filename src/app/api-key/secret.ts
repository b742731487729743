import { createHash, randomBytes } from 'node:crypto';

/** What begins each kind of key, so that a person, a log filter and a secret scanner can tell what they look at. */
export const KEY_PREFIXES = { OPERATOR: 'lop_', SECRET: 'lsk_', PUBLISHABLE: 'lpk_' } as const;
export type KeyKind = keyof typeof KEY_PREFIXES;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 43 digits of base 62 hold 256 bits. */
const SECRET_LENGTH = 43;
const KEY = /^(lop_|lsk_|lpk_)[0-9A-Za-z]{43}$/;
const SHOWN_LENGTH = 12;

export type NewSecret = { secret: string; prefix: string; hash: Buffer };

/** 256 random bits. Only the hash and the first twelve characters are ever stored. */
export function newSecret(kind: KeyKind): NewSecret {
  let rest = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let digits = '';
  for (let place = 0; place < SECRET_LENGTH; place += 1) {
    digits = DIGITS.charAt(Number(rest % 62n)) + digits;
    rest /= 62n;
  }
  const secret = KEY_PREFIXES[kind] + digits;
  return { secret, prefix: secret.slice(0, SHOWN_LENGTH), hash: hashSecret(secret) };
}

/** Which kind of key the text has the form of; null when it has none. */
export function keyKindOf(text: string): KeyKind | null {
  const prefix = KEY.exec(text)?.[1];
  return (Object.keys(KEY_PREFIXES) as KeyKind[]).find((kind) => KEY_PREFIXES[kind] === prefix) ?? null;
}

/**
 * SHA-256. A slow hash would add nothing to 256 random bits, and looking a key up by its hash leaves no comparison whose
 * duration could tell how much of a guess was right.
 */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
